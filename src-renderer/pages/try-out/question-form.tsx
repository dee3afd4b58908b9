import { Autocomplete, Button, Group, Stack, Textarea } from '@mantine/core'
import { IconPlayerStop, IconSend } from '@tabler/icons-react'
import type { FormEvent } from 'react'
import type { Action } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { MOST_LISTED } from '../../parts/fields/choice-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { text } from '../../text/text.ts'
import { type KeyChoice, KeyFields } from './key-choice.tsx'

interface QuestionFormProps {
  models: readonly string[]
  model: string
  onModel: (model: string) => void
  message: string
  onMessage: (message: string) => void
  choice: KeyChoice
  onChoice: (choice: KeyChoice) => void
  send: Pick<Action<never, unknown>, 'busy' | 'problem'>
  onSend: () => void
  onStop: () => void
}

export function QuestionForm(props: QuestionFormProps) {
  const { problem, busy } = props.send

  function submit(event: FormEvent) {
    event.preventDefault()
    props.onSend()
  }

  return (
    <Card>
      <form noValidate onSubmit={submit}>
        <Stack>
          <KeyFields choice={props.choice} onChange={props.onChoice} wrong={problem !== null} />
          <ModelField {...props} wrong={problem !== null} />
          <MessageField {...props} wrong={problem !== null} />
          {problem !== null && <Callout kind="bad" title={problem} />}
          <Group justify="flex-end">{busy ? <StopButton onStop={props.onStop} /> : <SendButton />}</Group>
        </Stack>
      </form>
    </Card>
  )
}

/** `wrong`: the last attempt failed, so an empty field is marked. */
type ModelFieldProps = Pick<QuestionFormProps, 'models' | 'model' | 'onModel'> & { wrong: boolean }

function ModelField({ models, model, onModel, wrong }: ModelFieldProps) {
  return (
    <Autocomplete
      label={text.tryOut.modelLabel}
      description={models.length === 0 ? text.tryOut.noModels : undefined}
      data={[...models]}
      limit={MOST_LISTED}
      value={model}
      required
      withAsterisk={false}
      error={wrong && model.trim() === ''}
      openOnFocus={false}
      onChange={onModel}
    />
  )
}

type MessageFieldProps = Pick<QuestionFormProps, 'message' | 'onMessage'> & { wrong: boolean }

function MessageField({ message, onMessage, wrong }: MessageFieldProps) {
  return (
    <Textarea
      label={text.tryOut.questionLabel}
      value={message}
      autosize
      minRows={2}
      maxRows={8}
      maxLength={4000}
      required
      withAsterisk={false}
      error={wrong && message.trim() === ''}
      onChange={(event) => onMessage(event.currentTarget.value)}
    />
  )
}

// Two components, so that React replaces the element: in the same one, a click on “Stop” would also submit the form.
function SendButton() {
  return (
    <Button type="submit" leftSection={<IconSend size="1rem" aria-hidden />}>
      {text.tryOut.send}
    </Button>
  )
}

function StopButton({ onStop }: { onStop: () => void }) {
  return (
    <Button variant="default" leftSection={<IconPlayerStop size="1rem" aria-hidden />} onClick={onStop}>
      {text.tryOut.stop}
    </Button>
  )
}
