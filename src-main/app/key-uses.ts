import type { KeyUse } from '#shared/keys/key-use.ts'
import type { Rooms } from './rooms.ts'

// Whoever was last is among the latest: looking further back would walk through years for a key that nobody uses.
const LATEST = 1000
/** What a site did before it called last that tells which keys are its own. */
const LATELY_MS = 7 * 86_400_000

/** What each key may still do, and who used it last. */
export async function readKeyUses({ access, usage }: Pick<Rooms, 'access' | 'usage'>): Promise<KeyUse[]> {
  const latest = await usage.page({ limit: LATEST })
  const keys = await access.keys.list()
  return keys.map((key) => {
    const last = latest.find(({ keyId, outcome }) => keyId === key.id && outcome !== 'refused')
    return {
      keyId: key.id,
      left: access.allowanceOf(key),
      lastCaller: last === undefined ? null : { origin: last.origin, userAgent: last.userAgent },
    }
  })
}

/** The keys that an origin used in the days before it called last, the latest first. */
export async function readKeysOfOrigin(
  { access, usage }: Pick<Rooms, 'access' | 'usage'>,
  origin: string,
): Promise<string[]> {
  const record = (await access.origins.list()).find((known) => known.origin === origin)
  if (record === undefined) return []
  const lately = await usage.page({ origin, from: record.lastSeenAt - LATELY_MS, limit: LATEST })
  return [...new Set(lately.flatMap(({ keyId }) => (keyId === null ? [] : [keyId])))]
}
