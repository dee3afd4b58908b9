import type { RowKind } from './versions.ts'

export interface DoubtfulRow {
  readonly kind: RowKind
  readonly id: string
}

/**
 * Rows of changes whose COMMIT was not answered. What should be stopped by such a change stays stopped until its row has been
 * read, also if it turns out to be as it was.
 */
export class Doubts {
  readonly #rows = new Set<DoubtfulRow>()

  add(rows: readonly DoubtfulRow[]): void {
    for (const { kind, id } of rows) this.#rows.add({ kind, id })
  }

  list(): DoubtfulRow[] {
    return [...this.#rows]
  }

  /** Call when these have been read. */
  remove(rows: readonly DoubtfulRow[]): void {
    for (const row of rows) this.#rows.delete(row)
  }
}
