import { PersonError } from '#shared/text/person-error.ts'

/** The state after a failed write, and its sentence. */
const FAILED_WRITES = {
  unchanged:
    'Latchkey could not save this change, so nothing was changed. Check that the disk is not full, and try again.',
  key_stopped:
    'Latchkey could not save this change. The key is refused until a restart, after which it may work again. Check that the disk is not full, and try again.',
  site_blocked:
    'Latchkey could not save this decision. The site is blocked until a restart, after which it may be allowed again. Check that the disk is not full, and try again.',
}

export type FailedWrite = keyof typeof FAILED_WRITES

/** Awaits a write. Turns a failure into a PersonError that says what is so now, unless the store already did. */
export async function save(write: Promise<void>, so: FailedWrite): Promise<void> {
  try {
    await write
  } catch (cause) {
    if (cause instanceof PersonError) throw cause
    throw new PersonError('store_failed', FAILED_WRITES[so], { cause, parts: { so } })
  }
}
