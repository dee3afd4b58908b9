import { PasswordInput, Text } from '@mantine/core'
import { useState } from 'react'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { text } from '../../text/text.ts'
import { useTestKey } from './use-test-key.ts'

/** The key of the request. The console does not know the secrets of existing keys. */
export interface KeyChoice {
  readonly from: 'test' | 'paste'
  readonly pasted: string
}

/** The key for the test chat: a pasted one, or one that the page makes for itself. Secrets stay in this page. */
export function useKeyChoice() {
  const [choice, setChoice] = useState<KeyChoice>({ from: 'test', pasted: '' })
  const [testSecret, setTestSecret] = useState('')
  const makeTestKey = useTestKey()
  const pasted = choice.pasted.trim()

  async function secretToSend(): Promise<string> {
    if (choice.from === 'paste') return pasted
    const secret = await makeTestKey()
    setTestSecret(secret)
    return secret
  }

  /** Empty until there is a key. */
  const secret = choice.from === 'paste' ? pasted : testSecret
  return { choice, setChoice, secret, secretToSend }
}

const OPTIONS = (['test', 'paste'] as const).map((value) => ({
  value,
  ...text.tryOut.keyFrom[value],
}))

interface KeyFieldsProps {
  choice: KeyChoice
  onChange: (choice: KeyChoice) => void
  /** The last attempt failed, so an empty key is marked. */
  wrong: boolean
}

export function KeyFields({ choice, onChange, wrong }: KeyFieldsProps) {
  return (
    <>
      <div>
        <Text size="sm" fw={600} mb={4} aria-hidden>
          {text.tryOut.keyLabel}
        </Text>
        <OptionCards
          label={text.tryOut.keyLabel}
          name="try-key"
          options={OPTIONS}
          value={choice.from}
          onChange={(from) => onChange({ ...choice, from })}
        />
      </div>
      {choice.from === 'paste' && (
        <PasswordInput
          label={text.tryOut.pasteLabel}
          description={text.tryOut.pasteHint}
          placeholder="sk-lk-…"
          autoComplete="off"
          required
          error={wrong && choice.pasted.trim() === ''}
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': text.tryOut.showKey }}
          value={choice.pasted}
          onChange={(event) => onChange({ ...choice, pasted: event.currentTarget.value })}
        />
      )}
    </>
  )
}
