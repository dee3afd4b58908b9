import { Autocomplete, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconPlayerStop, IconSend } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useAppState } from '../../api/queries.ts'
import { BrowserAdvice } from '../../parts/browsers/browser-advice.tsx'
import { Callout } from '../../parts/feedback/callout.tsx'
import { LISTED } from '../../parts/fields/choice-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { text } from '../../text/text.ts'
import { AnswerCard, HeadersCard } from './answer-card.tsx'
import { CodeCard } from './code-card.tsx'
import { type KeyChoice, KeyFields } from './key-choice.tsx'
import own from './try-out.module.css'
import { useTestKey } from './use-test-key.ts'
import { useTry } from './use-try.ts'

export function TryPage() {
  const models = useAppState().data?.upstream.models ?? []
  const [choice, setChoice] = useState<KeyChoice>({ from: 'test', pasted: '' })
  const [chosenModel, setModel] = useState<string | null>(null)
  const [message, setMessage] = useState<string>(text.tryOut.sampleQuestion)
  // Only here, and only until the page is left.
  const [testSecret, setTestSecret] = useState('')
  const testKey = useTestKey()
  const { answer, send, stop } = useTry()
  const model = chosenModel ?? models[0] ?? ''

  async function secretToSend(): Promise<string> {
    if (choice.from === 'paste') return choice.pasted.trim()
    const secret = await testKey()
    setTestSecret(secret)
    return secret
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    void send.run(async () => ({ secret: await secretToSend(), model, message }))
  }

  const secret = choice.from === 'paste' ? choice.pasted.trim() : testSecret
  return (
    <>
      <PageHeader title={text.tryOut.title} intro={text.tryOut.intro} />
      <div className={own.columns}>
        <Card>
          <form noValidate onSubmit={submit}>
            <Stack>
              <KeyFields choice={choice} onChange={setChoice} wrong={send.problem !== null} />
              <Autocomplete
                label={text.tryOut.modelLabel}
                description={models.length === 0 ? text.tryOut.noModels : undefined}
                data={models}
                limit={LISTED}
                value={model}
                required
                withAsterisk={false}
                error={send.problem !== null && model.trim() === ''}
                openOnFocus={false}
                onChange={setModel}
              />
              <Textarea
                label={text.tryOut.questionLabel}
                value={message}
                autosize
                minRows={2}
                maxRows={8}
                maxLength={4000}
                required
                withAsterisk={false}
                error={send.problem !== null && message.trim() === ''}
                onChange={(event) => setMessage(event.currentTarget.value)}
              />
              {send.problem !== null && <Callout kind="bad" title={send.problem} />}
              <Group justify="flex-end">
                {/* With keys: were it the same button to the browser, a click on “Stop” would send once more. */}
                {send.busy ? (
                  <Button
                    key="stop"
                    variant="default"
                    leftSection={<IconPlayerStop size="1rem" aria-hidden />}
                    onClick={stop}
                  >
                    {text.tryOut.stop}
                  </Button>
                ) : (
                  <Button key="send" type="submit" leftSection={<IconSend size="1rem" aria-hidden />}>
                    {text.tryOut.send}
                  </Button>
                )}
              </Group>
            </Stack>
          </form>
        </Card>
        <Stack>
          <AnswerCard answer={answer} busy={send.busy} />
          {answer !== null && answer.headers.length > 0 && <HeadersCard headers={answer.headers} />}
          <CodeCard ask={{ secret, model, message }} />
          <Card title={text.browsers.title}>
            <Text c="dimmed" mb="sm">
              {text.browsers.text}
            </Text>
            <BrowserAdvice />
          </Card>
        </Stack>
      </div>
    </>
  )
}
