import { PersonError } from '#shared/text/person-error.ts'
import { type Client, type Database, SCHEMA } from '../connection/database.ts'
import { explain } from '../connection/database-errors.ts'

export interface Migration {
  /** 1, 2, 3 ... */
  readonly version: number
  /**
   * The oldest version of the schema whose gateways can go on beside this one. A migration that only adds leaves it as it
   * was, so that gateways are replaced one by one.
   */
  readonly readableFrom: number
  readonly sql: string
}

/** A large table takes its time, and other gateways that start wait for it. */
const LONGEST_MS = 600_000

/** Any number that no other program uses for its locks in this database. */
export const MIGRATION_LOCK = 0x4c41544b

interface SchemaVersion {
  /** 0 for an empty database. */
  readonly version: number
  readonly readableFrom: number
}

/**
 * Brings the schema to the latest version, one gateway at a time. Each step is a transaction. A schema from the future is left
 * alone if this version can work with it; else this rejects with a PersonError `store_too_new`.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  const latest = migrations.at(-1)?.version ?? 0
  const client = await database.connect(LONGEST_MS)
  // A connection that breaks rejects the statement already.
  client.on('error', () => undefined)
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const before = await versionOf(client)
    if (before.readableFrom > latest) throw tooNew(before.version, latest)
    for (const migration of migrations) if (migration.version > before.version) await step(client, migration)
  } catch (error) {
    throw explain(error)
  } finally {
    // This ends the lock, too.
    await client.end().catch(() => undefined)
  }
}

async function versionOf(client: Client): Promise<SchemaVersion> {
  const { rows } = await client.query<{ found: string | null }>(
    `SELECT to_regclass('${SCHEMA}.schema_version') AS found`,
  )
  if (rows[0]?.found == null) return { version: 0, readableFrom: 0 }
  const found = await client.query<SchemaVersion>(
    `SELECT version, readable_from AS "readableFrom" FROM ${SCHEMA}.schema_version`,
  )
  return found.rows[0] ?? { version: 0, readableFrom: 0 }
}

async function step(client: Client, { version, readableFrom, sql }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`)
    await client.query(sql)
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_version (one boolean PRIMARY KEY DEFAULT true CHECK (one), version int NOT NULL,
         readable_from int NOT NULL)`,
    )
    await client.query(
      `INSERT INTO schema_version (version, readable_from) VALUES ($1, $2)
       ON CONFLICT (one) DO UPDATE SET version = $1, readable_from = $2`,
      [version, readableFrom],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

function tooNew(found: number, known: number): PersonError {
  const sentence = `The database was written by a newer Latchkey (${found}, this one knows ${known}). Install that version here, too.`
  return new PersonError('store_too_new', sentence)
}
