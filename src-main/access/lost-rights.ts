import { isDeepStrictEqual } from 'node:util'
import type { Revocation } from '#shared/gateway/decisions.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'

/** Who may come in at a moment, as far as what runs is judged by it. */
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
 * What must end when the rights become others all at once. A key that differs in anything counts as lost: what runs was
 * let in by the one before.
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
