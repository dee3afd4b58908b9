import type { Connection } from '../file/connection.ts'

const MAX_CACHED = 20_000
/** Far above the bound of every text that is recorded (src-shared/records/recorded-text.ts). */
const LONGEST_BYTES = 4000

/** Texts that many exchanges share (models, origins, routes ...), each written once and known by a number from 1. */
export interface InternedStrings {
  /** The number of a text, new if need be. Only within a transaction; when that fails, call `forget`. */
  idOf(text: string): number
  /** undefined for a text that nothing has. */
  find(text: string): number | undefined
  /** undefined for a number that a damaged file has lost. */
  textOf(id: number): string | undefined
  /** Of what was remembered and may not be in the file. */
  forget(): void
  /** A text that nothing has any more. */
  remove(id: number): void
}

export function createInternedStrings(db: Connection): InternedStrings {
  const ids = new Map<string, number>()
  const texts = new Map<number, string>()
  const selectId = db.prepare<[string], number>('SELECT id FROM terms WHERE text = ?').pluck()
  // `octet_length` does not read the text: one of half a gigabyte, from a file of other making, is never loaded.
  const selectText = db
    .prepare<[number], string>(
      `SELECT CASE WHEN octet_length(text) <= ${LONGEST_BYTES} THEN text ELSE 'too long #' || id END
       FROM terms WHERE id = ?`,
    )
    .pluck()
  const insert = db.prepare<[string]>('INSERT INTO terms (text) VALUES (?)')
  const remove = db.prepare<[number]>('DELETE FROM terms WHERE id = ?')

  const remember = (id: number, text: string) => {
    // Texts come from strangers too: what is kept in memory is bounded.
    if (ids.size >= MAX_CACHED) forget()
    ids.set(text, id)
    texts.set(id, text)
    return id
  }
  const forget = () => {
    ids.clear()
    texts.clear()
  }
  return {
    idOf: (text) => ids.get(text) ?? remember(selectId.get(text) ?? Number(insert.run(text).lastInsertRowid), text),
    find: (text) => ids.get(text) ?? selectId.get(text),
    textOf(id) {
      const text = texts.get(id) ?? selectText.get(id)
      if (text !== undefined && !texts.has(id)) remember(id, text)
      return text
    },
    forget,
    remove(id) {
      remove.run(id)
      forget()
    },
  }
}
