import { PersonError } from '#shared/text/person-error.ts'

/** The state after a failed write, and its sentence. */
export interface NotSaved {
  readonly so: 'unchanged' | 'key_stopped' | 'site_blocked'
  readonly sentence: string
}

/** Awaits a write. Turns a failure into a PersonError, unless the store already did. */
export async function save(write: Promise<void>, { so, sentence }: NotSaved): Promise<void> {
  try {
    await write
  } catch (cause) {
    throw cause instanceof PersonError ? cause : new PersonError('store_failed', sentence, { cause, parts: { so } })
  }
}
