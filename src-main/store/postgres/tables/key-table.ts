import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import { fromKeyRow, KEY_COLUMNS, type KeyRow, toKeyRow } from '../../rows/key-row.ts'
import { type Change, type Changes, changedElsewhere } from '../changes/changes.ts'
import type { Snapshot } from '../changes/snapshot.ts'
import type { Versions } from '../changes/versions.ts'
import type { Client, Database } from '../connection/database.ts'
import type { ReadRow } from './record-table.ts'
import { writeUses } from './uses.ts'

export interface KeyTableOptions {
  readonly database: Database
  readonly changes: Changes
  readonly versions: Versions
  readonly snapshot: Snapshot
  /** Called for each key whose row is invalid. Such a key is refused. */
  readonly onUnreadable: (id: string) => void
}

interface SecretRow {
  readonly hash: string
  readonly key_id: string
  readonly prefix: string
  readonly expires_at: number | null
}

type VersionedKeyRow = KeyRow & { readonly version: number }

const SLOTS = KEY_COLUMNS.map((_, at) => `$${at + 1}`)
const VERSION = KEY_COLUMNS.length + 1
const SELECT = `SELECT ${KEY_COLUMNS.join(', ')}, version FROM keys`
const SECRETS = 'SELECT hash, key_id, prefix, expires_at FROM key_secrets'
const INSERT = `INSERT INTO keys (${KEY_COLUMNS.join(', ')}, version) VALUES (${SLOTS.join(', ')}, $${VERSION})
  ON CONFLICT (id) DO NOTHING`
/** Another gateway may have seen a later use. */
const SET = KEY_COLUMNS.map((name, at) =>
  name === 'last_used_at' ? `${name} = GREATEST(${name}, $${at + 1})` : `${name} = $${at + 1}`,
)
const UPDATE = `UPDATE keys SET ${SET.join(', ')}, version = $${VERSION}
  WHERE id = $${KEY_COLUMNS.indexOf('id') + 1} AND version = $${VERSION + 1}`

/** Keys and their secrets, in the form in which the access room needs them. */
export class KeyTable {
  readonly #options: KeyTableOptions

  constructor(options: KeyTableOptions) {
    this.#options = options
  }

  async load(): Promise<StoredKey[]> {
    const read = await this.#options.snapshot.rows('keys', (client) => this.read(client))
    return read.flatMap(({ row }) => row ?? [])
  }

  /** All rows, or those with these ids, in the order in which they were added. */
  async read(client: Client, ids?: readonly string[]): Promise<ReadRow<StoredKey>[]> {
    const [where, values, whose] =
      ids === undefined ? ['', [], ''] : ['WHERE id = ANY ($1)', [ids], 'WHERE key_id = ANY ($1)']
    const keys = await client.query<VersionedKeyRow>(`${SELECT} ${where} ORDER BY row`, values)
    const found = await client.query<SecretRow>(`${SECRETS} ${whose} ORDER BY row`, values)
    const secrets = Map.groupBy(found.rows, (row) => row.key_id)
    return keys.rows.map((row) => {
      const key = fromKeyRow(row)
      if (key === undefined) this.#options.onUnreadable(row.id)
      const stored = key && { key, secrets: (secrets.get(row.id) ?? []).map(fromSecretRow), deletedAt: row.deleted_at }
      return { id: row.id, version: row.version, row: stored }
    })
  }

  insert(stored: StoredKey): Promise<void> {
    return this.#options.changes.write((change) => this.insertIn(change, stored))
  }

  async insertIn(change: Change, stored: StoredKey): Promise<void> {
    const { rowCount } = await change.client.query(INSERT, [...valuesOf(stored), change.n])
    if (rowCount === 0) throw changedElsewhere()
    await writeSecrets(change, stored)
  }

  /** Replaces the row with the same id, including its secrets. */
  replace(stored: StoredKey): Promise<void> {
    // Before the change waits for its turn: meanwhile the rooms can get a later row, which it must not overwrite.
    const known = this.#options.versions.of('keys', stored.key.id)
    return this.#options.changes.write(async (change) => {
      const { rowCount } = await change.client.query(UPDATE, [...valuesOf(stored), change.n, known ?? -1])
      if (rowCount === 0) throw changedElsewhere()
      await writeSecrets(change, stored)
    })
  }

  /** Deletes the row permanently, including its secrets. */
  remove(id: string): Promise<void> {
    return this.#options.changes.write(async (change) => {
      await change.client.query('DELETE FROM keys WHERE id = $1', [id])
      change.removed('keys', id)
    })
  }

  /** Writes last uses, which are no changes. */
  touch(lastUsed: ReadonlyMap<string, number>): Promise<void> {
    return writeUses(this.#options.database, 'keys', lastUsed)
  }
}

async function writeSecrets({ client, wrote }: Change, { key, secrets }: StoredKey): Promise<void> {
  await client.query('DELETE FROM key_secrets WHERE key_id = $1', [key.id])
  for (const { hash, prefix, expiresAt } of secrets) {
    await client.query('INSERT INTO key_secrets (hash, key_id, prefix, expires_at) VALUES ($1, $2, $3, $4)', [
      hash,
      key.id,
      prefix,
      expiresAt,
    ])
  }
  wrote('keys', key.id)
}

function valuesOf(stored: StoredKey): unknown[] {
  const row = toKeyRow(stored)
  return KEY_COLUMNS.map((name) => row[name])
}

function fromSecretRow(row: SecretRow): StoredSecret {
  return { hash: row.hash, prefix: row.prefix, expiresAt: row.expires_at }
}
