import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAppState } from '../../api/queries.ts'
import { BrowserAdvice } from '../../parts/browsers/browser-advice.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { text } from '../../text/text.ts'
import { AnswerCard, HeadersCard } from './answer-card.tsx'
import { CodeCard } from './code-card.tsx'
import { useKeyChoice } from './key-choice.tsx'
import { QuestionForm } from './question-form.tsx'
import own from './try-out.module.css'
import { useTestChat } from './use-test-chat.ts'

/** Sends a question to a model as an app would, and shows the answer, its headers and the same request as code. */
export function TryPage() {
  const models = useAppState().data?.upstream.models ?? []
  const [chosenModel, setModel] = useState<string | null>(null)
  const [message, setMessage] = useState<string>(text.tryOut.sampleQuestion)
  const { choice, setChoice, secret, secretToSend } = useKeyChoice()
  const { answer, send, stop } = useTestChat()
  const model = chosenModel ?? models[0] ?? ''
  return (
    <>
      <PageHeader title={text.tryOut.title} intro={text.tryOut.intro} />
      <div className={own.columns}>
        <QuestionForm
          models={models}
          model={model}
          onModel={setModel}
          message={message}
          onMessage={setMessage}
          choice={choice}
          onChoice={setChoice}
          send={send}
          onSend={() => void send.run(async () => ({ secret: await secretToSend(), model, message }))}
          onStop={stop}
        />
        <Stack>
          <AnswerCard answer={answer} busy={send.busy} />
          {answer !== null && answer.headers.length > 0 && <HeadersCard headers={answer.headers} />}
          <CodeCard ask={{ secret, model, message }} />
          <BrowsersCard />
        </Stack>
      </div>
    </>
  )
}

function BrowsersCard() {
  return (
    <Card title={text.browsers.title}>
      <Text c="dimmed" mb="sm">
        {text.browsers.text}
      </Text>
      <BrowserAdvice />
    </Card>
  )
}
