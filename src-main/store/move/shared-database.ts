import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import type { Log } from '../../base/log.ts'
import { connectionProblem } from '../postgres/connection/connection-problem.ts'
import { type Client, Database } from '../postgres/connection/database.ts'
import { MIGRATIONS } from '../postgres/migrations/all.ts'
import { MIGRATION_LOCK, migrate } from '../postgres/migrations/migrate.ts'
import { SharedUsage } from '../postgres/usage/shared-usage.ts'
import { PostgresSide } from './postgres-side.ts'

export interface SharedDatabaseOptions {
  readonly url: string
  readonly passwordFile: string | undefined
  /** Latchkey's version. */
  readonly program: string
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** A statement over millions of rows takes its time. */
const LONGEST_MS = 3_600_000

/** A shared database that no gateway uses, and that none can begin to use. */
export interface HeldDatabase {
  readonly usage: SharedUsage
  /** Runs work in one transaction. It is committed when the work resolves. */
  within<T>(isolation: 'SERIALIZABLE' | 'REPEATABLE READ', work: (side: PostgresSide) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * Brings the schema to the latest version, and holds the lock for which each gateway that starts waits. Rejects with a PersonError,
 * and then holds nothing.
 */
export async function holdDatabase({ url, passwordFile, program, log }: SharedDatabaseOptions): Promise<HeldDatabase> {
  const database = new Database({ url, passwordFile, applicationName: `Latchkey ${program}`, log })
  try {
    await database.choose()
    await migrate(database, MIGRATIONS)
    const client = await database.connect(LONGEST_MS)
    // A connection that breaks rejects the statement already.
    client.on('error', () => undefined)
    const close = async () => {
      await client.end().catch(() => undefined)
      await database.close()
    }
    try {
      await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
      await refuseIfUsed(client)
    } catch (error) {
      await client.end()
      throw error
    }
    const usage = new SharedUsage(database)
    const makeDays = (times: readonly number[]) => usage.makeDays(times)
    return {
      usage,
      within: (isolation, work) =>
        withinTransaction(client, isolation, () => work(new PostgresSide({ client, makeDays }))),
      close,
    }
  } catch (error) {
    await database.close()
    throw connectionProblem(error, url)
  }
}

async function withinTransaction<T>(client: Client, isolation: string, work: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
  try {
    const done = await work()
    await client.query('COMMIT')
    return done
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function refuseIfUsed(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; seconds: number }>(
    `SELECT name, EXTRACT(EPOCH FROM alive_until - now())::int AS seconds FROM gateways
     WHERE ended_at IS NULL AND alive_until > now() ORDER BY alive_until DESC`,
  )
  const [last] = rows
  if (last === undefined) return
  const names = rows.map(({ name }) => name).join(', ')
  const sentence = `Latchkey runs on this database (${names}), so nothing was moved. Stop it first. If it was killed, wait ${plural(last.seconds, 'second')}.`
  throw new PersonError('move_gateways', sentence)
}
