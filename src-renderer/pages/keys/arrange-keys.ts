import type { Key } from '#shared/keys/key.ts'
import type { Sorting } from '../../parts/tables/sorting.ts'

export type KeyColumn = 'name' | 'usedToday' | 'lastUsed'

export interface Arrangement {
  readonly search: string
  readonly sorting: Sorting<KeyColumn>
  /** Tokens of today by key id. */
  readonly tokensToday: ReadonlyMap<string, number>
  /** Names by person id. */
  readonly personNames: ReadonlyMap<string, string>
  /** Compares names by the rules of the person's language. */
  readonly compareNames: (a: string, b: string) => number
}

/** The keys whose name, person or prefix contains the search, sorted. */
export function arrangeKeys(keys: readonly Key[], arrangement: Arrangement): Key[] {
  const wanted = arrangement.search.trim().toLowerCase()
  const found = keys.filter(({ name, person, prefix }) =>
    [name, arrangement.personNames.get(person) ?? '', prefix].some((text) => text.toLowerCase().includes(wanted)),
  )
  const { by, descending } = arrangement.sorting
  const order = ORDERS[by](arrangement)
  return found.sort((a, b) => (descending ? -1 : 1) * order(a, b) || arrangement.compareNames(a.name, b.name))
}

type Order = (a: Key, b: Key) => number

const ORDERS: Record<KeyColumn, (arrangement: Arrangement) => Order> = {
  name:
    ({ compareNames }) =>
    (a, b) =>
      compareNames(a.name, b.name),
  usedToday:
    ({ tokensToday }) =>
    (a, b) =>
      (tokensToday.get(a.id) ?? 0) - (tokensToday.get(b.id) ?? 0),
  lastUsed: () => (a, b) => (a.lastUsedAt ?? 0) - (b.lastUsedAt ?? 0),
}
