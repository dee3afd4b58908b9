import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import { fromKeyRow, KEY_COLUMNS, type KeyRow, toKeyRow } from '../../rows/key-row.ts'
import type { Connection, Run } from '../file/connection.ts'

interface SecretRow {
  hash: string
  key_id: string
  prefix: string
  expires_at: number | null
}

export interface KeyTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  /** Commits survive a crash of the process but not a power cut; for last uses. */
  readonly relaxed: Connection
  readonly run: Run
  /** Called for each key whose row is invalid. Such a key is refused. */
  readonly onUnreadable: (id: string) => void
}

/** Keys and their secrets, in the form in which the access room needs them. */
export type KeyTable = ReturnType<typeof createKeyTable>

export function createKeyTable({ durable, relaxed, run, onUnreadable }: KeyTableOptions) {
  const load = keyLoader(durable, onUnreadable)
  const { insert, replace, remove } = keyWriters(durable)
  const touch = lastUseWriter(relaxed)
  return {
    load: () => run(() => load()),
    insert: (stored: StoredKey) => run(() => insert.immediate(stored)),
    /** Use it within a transaction of the caller. */
    insertNow: (stored: StoredKey) => insert(stored),
    replace: (stored: StoredKey) => run(() => replace.immediate(stored)),
    /** Deletes the row permanently, including its secrets. */
    remove: (id: string) => run(() => remove.immediate(id)),
    touch: (lastUsed: ReadonlyMap<string, number>) => run(() => touch.immediate(lastUsed)),
  }
}

function keyLoader(db: Connection, onUnreadable: KeyTableOptions['onUnreadable']) {
  const selectKeys = db.prepare<[], KeyRow>(`SELECT ${KEY_COLUMNS.join(', ')} FROM keys ORDER BY row`)
  const selectSecrets = db.prepare<[], SecretRow>(
    'SELECT hash, key_id, prefix, expires_at FROM key_secrets ORDER BY row',
  )
  return db.transaction(() => {
    const secrets = Map.groupBy(selectSecrets.all(), (row) => row.key_id)
    return selectKeys.all().flatMap((row) => {
      const key = fromKeyRow(row)
      if (key !== undefined)
        return { key, secrets: (secrets.get(row.id) ?? []).map(fromSecretRow), deletedAt: row.deleted_at }
      onUnreadable(row.id)
      return []
    })
  })
}

function keyWriters(db: Connection) {
  const insertKey = db.prepare<KeyRow>(
    `INSERT INTO keys (${KEY_COLUMNS.join(', ')}) VALUES (${KEY_COLUMNS.map((column) => `@${column}`).join(', ')})`,
  )
  const updateKey = db.prepare<KeyRow>(
    `UPDATE keys SET ${KEY_COLUMNS.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`,
  )
  const deleteKey = db.prepare<[string]>('DELETE FROM keys WHERE id = ?')
  const deleteSecrets = db.prepare<[string]>('DELETE FROM key_secrets WHERE key_id = ?')
  const insertSecret = db.prepare<SecretRow>(
    'INSERT INTO key_secrets (hash, key_id, prefix, expires_at) VALUES (@hash, @key_id, @prefix, @expires_at)',
  )
  const writeSecrets = ({ key, secrets }: StoredKey) => {
    deleteSecrets.run(key.id)
    for (const secret of secrets) insertSecret.run(toSecretRow(key.id, secret))
  }
  return {
    insert: db.transaction((stored: StoredKey) => {
      insertKey.run(toKeyRow(stored))
      writeSecrets(stored)
    }),
    replace: db.transaction((stored: StoredKey) => {
      if (updateKey.run(toKeyRow(stored)).changes === 0) throw new Error(`no key ${stored.key.id} to replace`)
      writeSecrets(stored)
    }),
    remove: db.transaction((id: string) => {
      deleteSecrets.run(id)
      deleteKey.run(id)
    }),
  }
}

function lastUseWriter(db: Connection) {
  const update = db.prepare<[number, string]>('UPDATE keys SET last_used_at = ? WHERE id = ?')
  return db.transaction((lastUsed: ReadonlyMap<string, number>) => {
    for (const [id, time] of lastUsed) update.run(time, id)
  })
}

function toSecretRow(keyId: string, secret: StoredSecret): SecretRow {
  return { hash: secret.hash, key_id: keyId, prefix: secret.prefix, expires_at: secret.expiresAt }
}

function fromSecretRow(row: SecretRow): StoredSecret {
  return { hash: row.hash, prefix: row.prefix, expiresAt: row.expires_at }
}
