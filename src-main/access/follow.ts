import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { isNarrower } from './keys/key-choices.ts'
import type { KeyExpiry } from './keys/key-expiry.ts'
import { type KeyRing, takeBackStops } from './keys/key-ring.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'
import type { Revocations } from './revocations.ts'

export interface FollowOptions {
  readonly ring: KeyRing
  readonly registry: OriginRegistry
  readonly expiry: KeyExpiry
  readonly revocations: Revocations
  readonly onKeysChanged: () => void
  readonly onOriginsChanged: () => void
}

export type FollowedRows = Pick<ForeignRows, 'keys' | 'origins' | 'seen' | 'used'>

/**
 * Takes over what other gateways have changed, and ends the running exchanges that lost their rights by it. What was stopped
 * here, and perhaps not written, is stopped until its row is read.
 */
export function followOthers(rows: FollowedRows, options: FollowOptions): void {
  if (rows.keys.put.length > 0 || rows.keys.removed.length > 0) followKeys(rows.keys, options)
  if (rows.origins.put.length > 0 || rows.origins.removed.length > 0) followOrigins(rows.origins, options)
  // Numbers that the console reads when it shows them, as those of this gateway.
  for (const counted of rows.seen) options.registry.addSeen(counted)
  for (const { id, at } of rows.used.keys) noteUse(options.ring, id, at)
}

function noteUse(ring: KeyRing, id: string, at: number): void {
  const entry = ring.find(id)
  if (entry !== undefined) entry.lastUsedAt = latest(entry.lastUsedAt, at)
}

function followKeys({ put, removed }: ForeignRows['keys'], options: FollowOptions): void {
  const { ring, expiry, revocations, onKeysChanged } = options
  for (const stored of put) {
    const before = ring.find(stored.key.id)?.stored
    const entry = ring.put(stored)
    if (entry.isDoubtful) takeBackStops(entry)
    entry.lastUsedAt = latest(entry.lastUsedAt, stored.key.lastUsedAt)
    if (before !== undefined && hasLost(before, stored)) revocations.tell({ keyId: stored.key.id })
  }
  for (const keyId of removed) {
    ring.remove(keyId)
    revocations.tell({ keyId })
  }
  expiry.watch()
  onKeysChanged()
}

function followOrigins({ put, removed }: ForeignRows['origins'], options: FollowOptions): void {
  const { registry, revocations, onOriginsChanged } = options
  for (const record of put) {
    const wasBlocked = registry.isBlocked(record.origin)
    registry.put(withOwnCounts(record, registry.find(record.origin)?.record))
    if (!wasBlocked && registry.isBlocked(record.origin)) revocations.tell({ origin: record.origin })
  }
  for (const origin of removed) registry.remove(origin)
  onOriginsChanged()
}

/** Whether running exchanges of the key may be allowed no longer, as after the same change here. */
function hasLost(before: StoredKey, after: StoredKey): boolean {
  if (after.deletedAt !== null) return before.deletedAt === null
  if (before.key.enabled && !after.key.enabled) return true
  return isNarrower(before.key, after.key) || hasLostSecret(before, after)
}

/** Streams of a secret that has a time of grace go on at its end, so only the current secret counts. */
function hasLostSecret(before: StoredKey, after: StoredKey): boolean {
  const hashes = new Set(after.secrets.map(({ hash }) => hash))
  return before.secrets.some(({ hash, expiresAt }) => expiresAt === null && !hashes.has(hash))
}

/** This gateway has counted some of the requests itself; those of others come as `seen`. */
function withOwnCounts(record: OriginRecord, own: OriginRecord | undefined): OriginRecord {
  return {
    ...record,
    requests: own?.requests ?? 0,
    refused: own?.refused ?? 0,
    lastSeenAt: Math.max(record.lastSeenAt, own?.lastSeenAt ?? 0),
  }
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
