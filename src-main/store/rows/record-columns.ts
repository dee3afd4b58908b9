export type ColumnKind = 'text' | 'number' | 'flag' | 'list'
export type ColumnValue = string | number | null

/** A row of a table whose columns derive from the fields of a record. */
export type RecordRow = Readonly<Record<string, ColumnValue>>

/** The columns of a record: `tokensPerDay` is stored in `tokens_per_day`, a list as JSON, a flag as 0 or 1. */
export class RecordColumns<Name extends string> {
  readonly names: readonly string[]
  readonly #kinds: readonly (readonly [Name, string, ColumnKind])[]

  constructor(kinds: Readonly<Record<Name, ColumnKind>>) {
    this.#kinds = (Object.entries(kinds) as [Name, ColumnKind][]).map(([name, kind]) => [name, columnOf(name), kind])
    this.names = this.#kinds.map(([, column]) => column)
  }

  toRow(record: Readonly<Record<Name, unknown>>): RecordRow {
    return Object.fromEntries(this.#kinds.map(([name, column]) => [column, encoded(record[name])]))
  }

  /** The fields of a row. Not validated: a salvaged row can contain anything. */
  fromRow(row: RecordRow): Record<string, unknown> {
    return Object.fromEntries(this.#kinds.map(([name, column, kind]) => [name, decoded(kind, row[column] ?? null)]))
  }
}

function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function encoded(value: unknown): ColumnValue {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as ColumnValue)
}

function decoded(kind: ColumnKind, value: ColumnValue): unknown {
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

/** undefined, which a schema refuses, for a text that is not JSON. A broken list must never mean "no limit". */
function fromJson(text: ColumnValue): unknown {
  if (text === null) return null
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
