export const ROW_KINDS = ['persons', 'credentials', 'invitations', 'keys', 'origins', 'sessions'] as const
export type RowKind = (typeof ROW_KINDS)[number]

/** The rows of a kind that this gateway knows, and those that were removed a moment ago, with their last changes. */
class Known {
  readonly there = new Map<string, number>()
  readonly removed = new Map<string, number>()
}

/** The last change of each row that this gateway knows. */
export class Versions {
  readonly #byKind = Object.fromEntries(ROW_KINDS.map((kind) => [kind, new Known()])) as Record<RowKind, Known>

  /** undefined for a row that this gateway does not know, or that was removed. */
  of(kind: RowKind, id: string): number | undefined {
    return this.#byKind[kind].there.get(id)
  }

  /** The last change of a row, also if that removed it; -1 for a row that this gateway does not know. */
  latest(kind: RowKind, id: string): number {
    const { there, removed } = this.#byKind[kind]
    return there.get(id) ?? removed.get(id) ?? -1
  }

  set(kind: RowKind, id: string, version: number): void {
    const { there, removed } = this.#byKind[kind]
    removed.delete(id)
    there.set(id, version)
  }

  setRemoved(kind: RowKind, id: string, version: number): void {
    const { there, removed } = this.#byKind[kind]
    there.delete(id)
    removed.set(id, version)
  }

  /** The row counts as new when it is read. */
  forget(kind: RowKind, id: string): void {
    const { there, removed } = this.#byKind[kind]
    there.delete(id)
    removed.delete(id)
  }

  /** The rows that are there. */
  ids(kind: RowKind): string[] {
    return [...this.#byKind[kind].there.keys()]
  }

  /** Forgets them, so that every row is new. */
  clear(): void {
    for (const { there, removed } of Object.values(this.#byKind)) {
      there.clear()
      removed.clear()
    }
  }

  /** Call when all changes up to this one have been read: no earlier one can come for a removed row. */
  forgetRemoved(upto: number): void {
    for (const { removed } of Object.values(this.#byKind)) {
      for (const [id, version] of removed) if (version <= upto) removed.delete(id)
    }
  }
}
