import { keySchema } from '#shared/keys/key.ts'
import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import type { Connection, Run } from '../file/connection.ts'

interface KeyRow {
  id: string
  name: string
  owner: string | null
  enabled: number
  prefix: string
  scopes: string
  endpoints: string | null
  models: string | null
  origins: string | null
  requests_per_minute: number | null
  tokens_per_day: number | null
  concurrency: number | null
  allow_in_url: number
  online: number
  online_question: string | null
  created_at: number
  last_used_at: number | null
  expires_at: number | null
  grace_until: number | null
  deleted_at: number | null
}

interface SecretRow {
  hash: string
  key_id: string
  prefix: string
  expires_at: number | null
}

const COLUMNS = [
  'id',
  'name',
  'owner',
  'enabled',
  'prefix',
  'scopes',
  'endpoints',
  'models',
  'origins',
  'requests_per_minute',
  'tokens_per_day',
  'concurrency',
  'allow_in_url',
  'online',
  'online_question',
  'created_at',
  'last_used_at',
  'expires_at',
  'grace_until',
  'deleted_at',
] as const satisfies readonly (keyof KeyRow)[]

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
  const selectKeys = durable.prepare<[], KeyRow>(`SELECT ${COLUMNS.join(', ')} FROM keys ORDER BY row`)
  const selectSecrets = durable.prepare<[], SecretRow>(
    'SELECT hash, key_id, prefix, expires_at FROM key_secrets ORDER BY row',
  )
  const insertKey = durable.prepare<KeyRow>(
    `INSERT INTO keys (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((column) => `@${column}`).join(', ')})`,
  )
  const updateKey = durable.prepare<KeyRow>(
    `UPDATE keys SET ${COLUMNS.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`,
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
      const stored = fromRows(row, secrets.get(row.id) ?? [])
      if (stored === undefined) onUnreadable(row.id)
      return stored ?? []
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

function toKeyRow({ key, deletedAt }: StoredKey): KeyRow {
  return {
    id: key.id,
    name: key.name,
    owner: key.owner,
    enabled: Number(key.enabled),
    prefix: key.prefix,
    scopes: JSON.stringify(key.scopes),
    endpoints: toJson(key.endpoints),
    models: toJson(key.models),
    origins: toJson(key.origins),
    requests_per_minute: key.requestsPerMinute,
    tokens_per_day: key.tokensPerDay,
    concurrency: key.concurrency,
    allow_in_url: Number(key.allowInUrl),
    online: Number(key.online),
    online_question: key.onlineQuestion,
    created_at: key.createdAt,
    last_used_at: key.lastUsedAt,
    expires_at: key.expiresAt,
    grace_until: key.graceUntil,
    deleted_at: deletedAt,
  }
}

/** What a file holds is judged anew: a salvaged row can be anything. undefined when it is not a key. */
function fromRows(row: KeyRow, secrets: readonly SecretRow[]): StoredKey | undefined {
  const key = keySchema.safeParse({
    id: row.id,
    name: row.name,
    owner: row.owner,
    enabled: row.enabled === 1,
    prefix: row.prefix,
    scopes: fromJson(row.scopes),
    endpoints: fromJson(row.endpoints),
    models: fromJson(row.models),
    origins: fromJson(row.origins),
    requestsPerMinute: row.requests_per_minute,
    tokensPerDay: row.tokens_per_day,
    concurrency: row.concurrency,
    allowInUrl: row.allow_in_url === 1,
    online: row.online === 1,
    onlineQuestion: row.online_question,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    graceUntil: row.grace_until,
  })
  if (!key.success) return undefined
  return { key: key.data, secrets: secrets.map(fromSecretRow), deletedAt: row.deleted_at }
}

function toSecretRow(keyId: string, secret: StoredSecret): SecretRow {
  return { hash: secret.hash, key_id: keyId, prefix: secret.prefix, expires_at: secret.expiresAt }
}

function fromSecretRow(row: SecretRow): StoredSecret {
  return { hash: row.hash, prefix: row.prefix, expiresAt: row.expires_at }
}

function toJson(list: readonly string[] | null): string | null {
  return list === null ? null : JSON.stringify(list)
}

/** undefined, which the schema refuses, for a text that is not JSON: a broken list must never read as "no limit". */
function fromJson(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
