import { setTimeout as delay } from 'node:timers/promises'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'

/** As long as service managers let a service start. */
const PATIENCE_MS = 60_000
const RETRY_MS = 1_000

const PATIENCE = plural(PATIENCE_MS / 1000, 'second')
const WAITING = `Latchkey cannot reach its database yet. It tries again for ${PATIENCE}.`
const GIVEN_UP = `Latchkey could not reach its database for ${PATIENCE}. Check that PostgreSQL runs and that this computer reaches it, and start Latchkey again.`

/**
 * Runs a start again while it fails because the database is away, as after a power cut, when all computers start at once. A start
 * without it would know no keys. `warn` tells the person. Rejects with the error of the start, after a minute with a PersonError.
 */
export async function awaitDatabase<T>(start: () => Promise<T>, warn: (sentence: string) => void): Promise<T> {
  const begun = performance.now()
  for (let tries = 1; ; tries++) {
    try {
      return await start()
    } catch (error) {
      if (!(error instanceof PersonError && error.code === 'database_away')) throw error
      if (performance.now() - begun > PATIENCE_MS) throw new PersonError('database_away', GIVEN_UP, { cause: error })
      if (tries === 1) warn(WAITING)
      await pause()
    }
  }
}

/** Many gateways may wait for the same database. A signal to stop need not wait: nothing is open yet. */
async function pause(): Promise<void> {
  const stop = () => process.exit(0)
  process.on('SIGTERM', stop).on('SIGINT', stop)
  try {
    await delay(RETRY_MS * (0.5 + Math.random()))
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop)
  }
}
