import { PersonError } from '#shared/text/person-error.ts'

/** What a write that failed leaves behind, and the sentence about it. */
export interface NotSaved {
  readonly so: 'unchanged' | 'key_stopped' | 'site_blocked'
  readonly sentence: string
}

/** Awaits a write. A failure becomes a sentence for the person, unless the store has already made one. */
export async function save(write: Promise<void>, { so, sentence }: NotSaved): Promise<void> {
  try {
    await write
  } catch (cause) {
    throw cause instanceof PersonError ? cause : new PersonError('store_failed', sentence, { cause, parts: { so } })
  }
}
