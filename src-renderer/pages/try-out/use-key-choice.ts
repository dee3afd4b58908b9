import { useState } from 'react'
import type { KeyChoice } from './key-choice.tsx'
import { useTestKey } from './use-test-key.ts'

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
