import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { KeyPlace, KeyPlaces } from '#shared/keys/key-use.ts'
import type { Cursor, ExchangeReader, PlaceSums } from './ports.ts'

/** With 2000 exchanges a step this is half a million, which takes about a second. */
const MOST_STEPS = 250
const MOST_LISTED = 50

const LISTS = { sites: 'origin', programs: 'userAgent', models: 'model' } as const

type Tally = Map<string, { requests: number; lastAt: number }>

/** Counts the latest exchanges by site, program and model. The gateway runs between two steps. */
export async function readKeyPlaces(
  store: Pick<ExchangeReader, 'placesStep'>,
  filter: ExchangeFilter,
): Promise<KeyPlaces> {
  const tallies = { sites: new Map(), programs: new Map(), models: new Map() } satisfies Record<string, Tally>
  let after: Cursor | undefined
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { found, next } = await store.placesStep({ filter, after })
    for (const sums of found) addTo(tallies, sums)
    after = next
    if (after === undefined) break
    await nextTurn()
  }
  return {
    sites: listOf(tallies.sites),
    programs: listOf(tallies.programs),
    models: listOf(tallies.models),
    since: after?.time ?? null,
  }
}

function addTo(tallies: Record<keyof typeof LISTS, Tally>, sums: PlaceSums): void {
  for (const [list, field] of Object.entries(LISTS) as [keyof typeof LISTS, keyof typeof sums & 'origin'][]) {
    const value = sums[field]
    if (value === null) continue
    const known = tallies[list].get(value) ?? { requests: 0, lastAt: 0 }
    tallies[list].set(value, {
      requests: known.requests + sums.requests,
      lastAt: Math.max(known.lastAt, sums.lastAt),
    })
  }
}

function listOf(tally: Tally): { places: KeyPlace[]; others: number } {
  const all = [...tally].map(([value, sums]) => ({ value, ...sums })).sort((one, other) => other.lastAt - one.lastAt)
  return { places: all.slice(0, MOST_LISTED), others: Math.max(0, all.length - MOST_LISTED) }
}
