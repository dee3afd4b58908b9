import { type Key, keySchema } from '#shared/keys/key.ts'
import { KEY_FIELDS } from '#shared/keys/key-fields.ts'
import type { StoredKey } from '#shared/keys/stored.ts'

type Kind = (typeof KEY_FIELDS)[keyof typeof KEY_FIELDS]['kind']
type Value = string | number | null

/** Fields of a key that a person does not choose. */
const FACTS: Readonly<Record<Exclude<keyof Key, keyof typeof KEY_FIELDS>, Kind>> = {
  id: 'text',
  prefix: 'text',
  onlineQuestion: 'text',
  otherApp: 'text',
  onlyItsApp: 'flag',
  createdAt: 'number',
  lastUsedAt: 'number',
  graceUntil: 'number',
}

const KINDS: Readonly<Record<keyof Key, Kind>> = {
  ...(Object.fromEntries(Object.entries(KEY_FIELDS).map(([name, { kind }]) => [name, kind])) as Record<
    keyof typeof KEY_FIELDS,
    Kind
  >),
  ...FACTS,
}
const NAMES = Object.keys(KINDS) as (keyof Key)[]

/** A row of `keys`, by column. */
export interface KeyRow extends Readonly<Record<string, Value>> {
  readonly id: string
  readonly deleted_at: number | null
}

export const KEY_COLUMNS: readonly string[] = [...NAMES.map(columnOf), 'deleted_at']

export function toKeyRow({ key, deletedAt }: Pick<StoredKey, 'key' | 'deletedAt'>): KeyRow {
  const fields = NAMES.map((name) => [columnOf(name), encoded(key[name])])
  return { ...Object.fromEntries(fields), id: key.id, deleted_at: deletedAt } as KeyRow
}

/** Validates the row, because a salvaged row can contain anything. undefined if it is not a key. */
export function fromKeyRow(row: KeyRow): Key | undefined {
  const fields = NAMES.map((name) => [name, decoded(KINDS[name], row[columnOf(name)] ?? null)])
  return keySchema.safeParse(Object.fromEntries(fields)).data
}

/** `tokensPerDay` is stored in `tokens_per_day`. */
function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function encoded(value: Key[keyof Key]): Value {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

function decoded(kind: Kind, value: Value): unknown {
  switch (kind) {
    case 'flag':
      return value === 1
    case 'list':
      return fromJson(value)
    case 'text':
    case 'number':
      return value
  }
}

/** undefined, which the schema refuses, for a text that is not JSON. A broken list must never mean "no limit". */
function fromJson(text: Value): unknown {
  if (text === null) return null
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
