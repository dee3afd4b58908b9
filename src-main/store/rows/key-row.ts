import { type Key, keySchema } from '#shared/keys/key.ts'
import { KEY_FIELDS } from '#shared/keys/key-fields.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import { type ColumnKind, RecordColumns, type RecordRow } from './record-columns.ts'

/** Fields of a key that a person does not choose. */
const FACTS: Readonly<Record<Exclude<keyof Key, keyof typeof KEY_FIELDS>, ColumnKind>> = {
  id: 'text',
  prefix: 'text',
  onlineQuestion: 'text',
  otherApp: 'text',
  onlyItsApp: 'flag',
  createdAt: 'number',
  lastUsedAt: 'number',
  graceUntil: 'number',
}

const COLUMNS = new RecordColumns<keyof Key>({
  ...(Object.fromEntries(Object.entries(KEY_FIELDS).map(([name, { kind }]) => [name, kind])) as Record<
    keyof typeof KEY_FIELDS,
    ColumnKind
  >),
  ...FACTS,
})

/** A row of `keys`, by column. */
export interface KeyRow extends RecordRow {
  readonly id: string
  readonly deleted_at: number | null
}

export const KEY_COLUMNS: readonly string[] = [...COLUMNS.names, 'deleted_at']

export function toKeyRow({ key, deletedAt }: Pick<StoredKey, 'key' | 'deletedAt'>): KeyRow {
  return { ...COLUMNS.toRow(key), id: key.id, deleted_at: deletedAt }
}

/** Validates the row, because a salvaged row can contain anything. undefined if it is not a key. */
export function fromKeyRow(row: KeyRow): Key | undefined {
  return keySchema.safeParse(COLUMNS.fromRow(row)).data
}
