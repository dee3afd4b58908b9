import type { Sums } from '#shared/usage/sum-rows.ts'

/** The columns of sums with their types, in the order in which `sumArrays` has their values. */
const COLUMNS = {
  requests: 'bigint',
  refused: 'bigint',
  prompt_tokens: 'bigint',
  completion_tokens: 'bigint',
  unmetered: 'bigint',
  token_ms: 'bigint',
  first_byte: 'bytea',
  duration: 'bytea',
} as const

export const SUM_COLUMNS = Object.keys(COLUMNS)
export const SUM_TYPES: readonly string[] = Object.values(COLUMNS)

/** The same columns with the names of `Sums`. */
export const SUM_FIELDS = `requests, refused, prompt_tokens AS "promptTokens", completion_tokens AS "completionTokens",
  unmetered, token_ms AS "tokenMs", first_byte AS "firstByte", duration`

/** PostgreSQL adds up bigint as numeric, which takes much longer. Whole numbers below 2^53 are exact here as in JavaScript. */
const sumOf = (column: string) => `SUM(${column}::float8)`

/** Sums over many rows, as `Counts`. */
export const SUM_COUNTS = `${sumOf('requests')} AS requests, ${sumOf('refused')} AS refused,
  ${sumOf('prompt_tokens')} AS "promptTokens", ${sumOf('completion_tokens')} AS "completionTokens",
  ${sumOf('unmetered')} AS unmetered`

export const QUARTER_KEY = { quarter: 'bigint', key: 'int', origin: 'int', model: 'int', route: 'int' } as const
export const SUM_KEY = Object.keys(QUARTER_KEY).join(', ')

/** Sums over many rows, as `Sums` whose sketches are those of all rows, one after the other: the database cannot merge them. */
export const JOINED_SUMS = `${SUM_COUNTS}, ${sumOf('token_ms')} AS "tokenMs", string_agg(first_byte, '') AS "firstByte",
  string_agg(duration, '') AS duration`

/** How an upsert replaces the sums of an existing row. */
export const REPLACE_SUMS = SUM_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')

/** A value of each row for each column of sums. */
export function sumArrays(rows: readonly Sums[]): unknown[] {
  return [
    numbers(rows.map((row) => row.requests)),
    numbers(rows.map((row) => row.refused)),
    numbers(rows.map((row) => row.promptTokens)),
    numbers(rows.map((row) => row.completionTokens)),
    numbers(rows.map((row) => row.unmetered)),
    numbers(rows.map((row) => row.tokenMs)),
    rows.map((row) => row.firstByte),
    rows.map((row) => row.duration),
  ]
}

/** An array in PostgreSQL's own form, because the driver looks for characters to escape in each number. */
export function numbers(values: readonly (number | null | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`
}

/** `$1::bigint[], $2::bytea[] ...`: each parameter has the values of one column. */
export function unnest(types: readonly string[], first = 1): string {
  return `unnest(${types.map((type, at) => `$${at + first}::${type}[]`).join(', ')})`
}
