import { isDeepStrictEqual } from 'node:util'
import type { Revocation } from '#shared/gateway/decisions.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'

/** The rights of keys and the blocked origins at one time, as far as running exchanges depend on them. */
export interface Rights {
  readonly keys: ReadonlyMap<string, unknown>
  readonly blocked: ReadonlySet<string>
}

export function rightsIn(ring: KeyRing, registry: OriginRegistry): Rights {
  const blocked = registry.records().filter(({ status, decidedBy }) => status === 'blocked' && decidedBy === 'person')
  return {
    keys: new Map(ring.live().map(({ stored }) => [stored.key.id, withoutUse(stored)])),
    blocked: new Set(blocked.map(({ origin }) => origin)),
  }
}

/**
 * The revocations that follow from a replacement of all rights. A key with any difference counts as revoked, because its
 * running exchanges were admitted by the old key.
 */
export function lostRights(before: Rights, after: Rights): Revocation[] {
  const keys = [...before.keys].filter(([id, key]) => !isDeepStrictEqual(key, after.keys.get(id)))
  const origins = [...after.blocked].filter((origin) => !before.blocked.has(origin))
  return [...keys.map(([keyId]) => ({ keyId })), ...origins.map((origin) => ({ origin }))]
}

/** When a key was last used, and what its person is asked, say nothing about what it may do. */
function withoutUse({ key, ...rest }: StoredKey): unknown {
  return {
    ...rest,
    key: { ...key, lastUsedAt: null, graceUntil: null, onlineQuestion: null, otherApp: null, onlyItsApp: false },
  }
}
