import { PersonError } from '../text/person-error.ts'

/** Two gateways that change the same row get in each other's way once or twice, not more often. */
const MOST_TRIES = 5

/**
 * Runs a change again if another gateway changed the same row first. The room has the new row by then, so `work` must read it
 * anew.
 */
export async function onFreshRow<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= MOST_TRIES || !isChangedElsewhere(error)) throw error
    }
  }
}

/** True if another gateway changed the same row first, so that nothing was written. */
export function isChangedElsewhere(error: unknown): boolean {
  return error instanceof PersonError && error.code === 'changed_elsewhere'
}

/** True if a write certainly changed nothing, so that what was stopped for it need not stay stopped. */
export function isUnchanged(error: unknown): boolean {
  return isChangedElsewhere(error) || (error instanceof PersonError && error.code === 'database_away')
}
