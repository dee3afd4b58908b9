import type { Connection } from '../file/connection.ts'

const MAX_CACHED = 20_000
/** Far longer than any recorded text may be (src-shared/records/recorded-text.ts). */
const LONGEST_BYTES = 4000

/**
 * Texts that many exchanges share (models, origins, routes ...). Each is stored once and identified by a number from 1.
 */
export class InternedStrings {
  readonly #ids = new Map<string, number>()
  readonly #texts = new Map<number, string>()
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: Connection) {
    this.#statements = prepare(db)
  }

  /** The number of a text; adds the text if it is new. Use it only within a transaction; if that fails, call `forget`. */
  idOf(text: string): number {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const { selectId, insert } = this.#statements
    return this.#remember(selectId.get(text) ?? Number(insert.run(text).lastInsertRowid), text)
  }

  /** undefined for a text that no row has. */
  find(text: string): number | undefined {
    return this.#ids.get(text) ?? this.#statements.selectId.get(text)
  }

  /** undefined for a number that a damaged file has lost. */
  textOf(id: number): string | undefined {
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const text = this.#statements.selectText.get(id)
    if (text !== undefined) this.#remember(id, text)
    return text
  }

  /** Empties the cache, which may contain numbers of a failed transaction. */
  forget(): void {
    this.#ids.clear()
    this.#texts.clear()
  }

  /** Deletes a text that no row refers to any more. */
  remove(id: number): void {
    this.#statements.remove.run(id)
    this.forget()
  }

  #remember(id: number, text: string): number {
    // Clients without a key also cause texts, so the cache is bounded.
    if (this.#ids.size >= MAX_CACHED) this.forget()
    this.#ids.set(text, id)
    this.#texts.set(id, text)
    return id
  }
}

function prepare(db: Connection) {
  return {
    selectId: db.prepare<[string], number>('SELECT id FROM terms WHERE text = ?').pluck(),
    // `octet_length` does not read the text, so a text of half a gigabyte in a foreign file is never loaded.
    selectText: db
      .prepare<[number], string>(
        `SELECT CASE WHEN octet_length(text) <= ${LONGEST_BYTES} THEN text ELSE 'too long #' || id END
         FROM terms WHERE id = ?`,
      )
      .pluck(),
    insert: db.prepare<[string]>('INSERT INTO terms (text) VALUES (?)'),
    remove: db.prepare<[number]>('DELETE FROM terms WHERE id = ?'),
  }
}
