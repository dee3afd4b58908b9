import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Sorting } from '../../parts/tables/sorting.ts'

export type OriginColumn = 'name' | 'tokens' | 'lastSeen'
export type OriginFilter = 'all' | 'allowed' | 'blocked'

export interface OriginArrangement {
  readonly search: string
  readonly filter: OriginFilter
  readonly sorting: Sorting<OriginColumn>
  /** Tokens by origin. */
  readonly tokens: ReadonlyMap<string, number>
  /** The origin's name for the person. */
  readonly nameOf: (origin: OriginRecord) => string
  readonly compareNames: (a: string, b: string) => number
}

type Order = (a: OriginRecord, b: OriginRecord) => number

/** The origins whose name or address contains the search, sorted. */
export function arrangeOrigins(origins: readonly OriginRecord[], arrangement: OriginArrangement): OriginRecord[] {
  const { filter, sorting, tokens, nameOf, compareNames } = arrangement
  const wanted = arrangement.search.trim().toLowerCase()
  const byName: Order = (a, b) => compareNames(nameOf(a), nameOf(b))
  const orders: Record<OriginColumn, Order> = {
    name: byName,
    tokens: (a, b) => (tokens.get(a.origin) ?? 0) - (tokens.get(b.origin) ?? 0),
    lastSeen: (a, b) => a.lastSeenAt - b.lastSeenAt,
  }
  return origins
    .filter((origin) => filter === 'all' || origin.status === filter)
    .filter((origin) => `${nameOf(origin)} ${origin.origin}`.toLowerCase().includes(wanted))
    .sort((a, b) => (sorting.descending ? -1 : 1) * orders[sorting.by](a, b) || byName(a, b))
}
