import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import type { Connection, Run } from '../file/connection.ts'
import { fromKeyRow, KEY_COLUMNS, type KeyRow, toKeyRow } from './key-row.ts'

interface SecretRow {
  hash: string
  key_id: string
  prefix: string
  expires_at: number | null
}

export interface KeyTableOptions {
  /** Commits survive a power cut. */
  readonly durable: Connection
  /** Commits survive a crash of the process only; for last use. */
  readonly relaxed: Connection
  readonly run: Run
  /** Told of each key whose row does not make sense; such a key opens nothing. */
  readonly onUnreadable: (id: string) => void
}

/** Keys and their secrets, as the access room wants them. */
export type KeyTable = ReturnType<typeof createKeyTable>

export function createKeyTable({ durable, relaxed, run, onUnreadable }: KeyTableOptions) {
  const selectKeys = durable.prepare<[], KeyRow>(`SELECT ${KEY_COLUMNS.join(', ')} FROM keys ORDER BY row`)
  const selectSecrets = durable.prepare<[], SecretRow>(
    'SELECT hash, key_id, prefix, expires_at FROM key_secrets ORDER BY row',
  )
  const insertKey = durable.prepare<KeyRow>(
    `INSERT INTO keys (${KEY_COLUMNS.join(', ')}) VALUES (${KEY_COLUMNS.map((column) => `@${column}`).join(', ')})`,
  )
  const updateKey = durable.prepare<KeyRow>(
    `UPDATE keys SET ${KEY_COLUMNS.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`,
  )
  const deleteKey = durable.prepare<[string]>('DELETE FROM keys WHERE id = ?')
  const deleteSecrets = durable.prepare<[string]>('DELETE FROM key_secrets WHERE key_id = ?')
  const insertSecret = durable.prepare<SecretRow>(
    'INSERT INTO key_secrets (hash, key_id, prefix, expires_at) VALUES (@hash, @key_id, @prefix, @expires_at)',
  )
  const updateLastUse = relaxed.prepare<[number, string]>('UPDATE keys SET last_used_at = ? WHERE id = ?')

  const writeSecrets = ({ key, secrets }: StoredKey) => {
    deleteSecrets.run(key.id)
    for (const secret of secrets) insertSecret.run(toSecretRow(key.id, secret))
  }
  const insert = durable.transaction((stored: StoredKey) => {
    insertKey.run(toKeyRow(stored))
    writeSecrets(stored)
  })
  const replace = durable.transaction((stored: StoredKey) => {
    if (updateKey.run(toKeyRow(stored)).changes === 0) throw new Error(`no key ${stored.key.id} to replace`)
    writeSecrets(stored)
  })
  const remove = durable.transaction((id: string) => {
    deleteSecrets.run(id)
    deleteKey.run(id)
  })
  const touch = relaxed.transaction((lastUsed: ReadonlyMap<string, number>) => {
    for (const [id, time] of lastUsed) updateLastUse.run(time, id)
  })
  const load = durable.transaction(() => {
    const secrets = Map.groupBy(selectSecrets.all(), (row) => row.key_id)
    return selectKeys.all().flatMap((row) => {
      const key = fromKeyRow(row)
      if (key !== undefined)
        return { key, secrets: (secrets.get(row.id) ?? []).map(fromSecretRow), deletedAt: row.deleted_at }
      onUnreadable(row.id)
      return []
    })
  })

  return {
    load: () => run(() => load()),
    insert: (stored: StoredKey) => run(() => insert.immediate(stored)),
    /** Within a transaction of the caller's. */
    insertNow: (stored: StoredKey) => insert(stored),
    replace: (stored: StoredKey) => run(() => replace.immediate(stored)),
    /** For good, its secrets included. */
    remove: (id: string) => run(() => remove.immediate(id)),
    touch: (lastUsed: ReadonlyMap<string, number>) => run(() => touch.immediate(lastUsed)),
  }
}

function toSecretRow(keyId: string, secret: StoredSecret): SecretRow {
  return { hash: secret.hash, key_id: keyId, prefix: secret.prefix, expires_at: secret.expiresAt }
}

function fromSecretRow(row: SecretRow): StoredSecret {
  return { hash: row.hash, prefix: row.prefix, expiresAt: row.expires_at }
}
