import { PersonError } from '#shared/person-error.ts'

/** Awaits a write. A failure becomes a sentence for the person, unless the store has already made one. */
export async function save(write: Promise<void>, sentence: string): Promise<void> {
  try {
    await write
  } catch (cause) {
    throw cause instanceof PersonError ? cause : new PersonError('store_failed', sentence, { cause })
  }
}
