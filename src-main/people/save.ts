import { PersonError } from '#shared/text/person-error.ts'

const FAILED_WRITES = {
  unchanged:
    'Latchkey could not save this change, so nothing was changed. Check that the disk is not full, and try again.',
  person_stopped:
    'Latchkey could not save this change. The person’s keys are refused until a restart, after which they may work again. Check that the disk is not full, and try again.',
}

/** Awaits a write. Turns a failure into a PersonError that says what is so now, unless the store already did. */
export async function save(write: Promise<void>, so: keyof typeof FAILED_WRITES): Promise<void> {
  try {
    await write
  } catch (cause) {
    if (cause instanceof PersonError) throw cause
    throw new PersonError('store_failed', FAILED_WRITES[so], { cause, parts: { so } })
  }
}
