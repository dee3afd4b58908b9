import type { KeyUse } from '#shared/key-use.ts'
import type { LiveRooms } from './live-rooms.ts'

// Whoever was last is among the latest: looking further back would walk through years for a key that nobody uses.
const LATEST = 1000

/** What each key may still do, and who used it last. */
export async function readKeyUses({ access, usage }: Pick<LiveRooms, 'access' | 'usage'>): Promise<KeyUse[]> {
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
