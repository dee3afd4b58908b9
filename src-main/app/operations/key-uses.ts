import type { Exchange } from '#shared/gateway/exchange.ts'
import type { KeyPlaces, KeyUse } from '#shared/keys/key-use.ts'
import type { Rooms } from '../rooms.ts'

// The last caller of a key in use is among the latest exchanges. Looking further back for an unused key would read years.
const LATEST = 1000
/** The keys that a site used this long before its last request count as its own. */
const RECENT_MS = 7 * 86_400_000

/** The rest of each key's limits, and its last caller. */
export async function readKeyUses({ access, usage }: Pick<Rooms, 'access' | 'usage'>): Promise<KeyUse[]> {
  const last = lastOfEachKey(await usage.page({ limit: LATEST }))
  const keys = await access.keys.list()
  await access.refreshAllowances()
  return keys.map((key) => {
    const exchange = last.get(key.id)
    return {
      keyId: key.id,
      left: access.allowanceOf(key),
      lastCaller: exchange === undefined ? null : { origin: exchange.origin, userAgent: exchange.userAgent },
    }
  })
}

/** By key. The exchanges are newest first. */
function lastOfEachKey(exchanges: readonly Exchange[]): ReadonlyMap<string | null, Exchange> {
  const last = new Map<string | null, Exchange>()
  for (const exchange of exchanges) {
    if (exchange.outcome !== 'refused' && !last.has(exchange.keyId)) last.set(exchange.keyId, exchange)
  }
  return last
}

/** Where a key was used. Looks only at the time between its creation and its last use; resolves to undefined for an unknown key. */
export async function readKeyPlaces(
  { access, usage }: Pick<Rooms, 'access' | 'usage'>,
  id: string,
): Promise<KeyPlaces | undefined> {
  const key = (await access.keys.list()).find((known) => known.id === id)
  if (key === undefined) return undefined
  return usage.placesOf({ key: id, from: key.createdAt, to: (key.lastUsedAt ?? 0) + 1 })
}

/** Ids of the keys that an origin used in the week before its last request, most recent first. */
export async function readKeysOfOrigin(
  { access, usage }: Pick<Rooms, 'access' | 'usage'>,
  origin: string,
): Promise<string[]> {
  const record = (await access.origins.list()).find((known) => known.origin === origin)
  if (record === undefined) return []
  const recent = await usage.page({ origin, from: record.lastSeenAt - RECENT_MS, limit: LATEST })
  return [...new Set(recent.flatMap(({ keyId }) => (keyId === null ? [] : [keyId])))]
}
