import type { AccessRequest, Lease, Refusal, Revocation, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { DeletedKey, IssuedKey, Key, KeyPatch, NewKey, OnlineFeature } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { asksAboutOtherApp } from '#shared/keys/other-app.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord, UnknownOrigins } from '#shared/origins/origin.ts'
import type { Dimension } from '#shared/usage/usage.ts'
import type { Log } from '../base/log.ts'
import { Gate } from './gate.ts'
import { KeyExpiry } from './keys/key-expiry.ts'
import { KeyRing } from './keys/key-ring.ts'
import { KeyService } from './keys/key-service.ts'
import { Limits } from './limits/limits.ts'
import { type Caller, SlowDown } from './limits/slow-down.ts'
import { TokenBudgets } from './limits/token-budgets.ts'
import { OriginRegistry, withName } from './origins/origin-registry.ts'
import { OriginService } from './origins/origin-service.ts'
import type { ArrivalStore, Arrivals, KeyStore, OriginStore, UseStore } from './ports.ts'
import { Replacement } from './replacement.ts'
import { Revocations } from './revocations.ts'
import { UseNotes } from './use-notes.ts'

export interface AccessOptions {
  readonly keys: KeyStore
  readonly origins: OriginStore
  readonly arrivals: ArrivalStore
  readonly use: UseStore
  /** The rule for origins without a decision. Read for each request. */
  readonly unknownOrigins: () => UnknownOrigins
  /** Tokens that a key has used since a time (ms UTC), so that a restart does not refill a day's budget. */
  readonly tokensSince: (keyId: string, since: number) => Promise<number>
  /** IANA name of the time zone that determines when a day begins. */
  readonly timeZone: () => string
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Pick<Log, 'warn'>
  readonly onKeysChanged: () => void
  readonly onOriginsChanged: () => void
  /** Called when the person should decide about an origin: once per origin, until it is forgotten. */
  readonly onQuestion: (record: OriginRecord) => void
  /** Called when the person should decide whether a key may go online: once per key. */
  readonly onOnlineQuestion: (key: Key) => void
  /** Called when the person should decide whether another app may use a key that was made for one: once per key. */
  readonly onOtherAppQuestion: (key: Key) => void
}

/** Decides what keys and origins may do. Decisions come from memory; the two stores hold what must persist. */
export interface AccessRoom {
  /** True if a person has blocked the origin. */
  isBlocked(origin: string): boolean
  /** True if a person has decided about the origin. */
  isDecided(origin: string): boolean
  /** Counts an unknown or malformed key. Returns the whole seconds that its caller must wait, usually 0. */
  waitAfterGuess(caller: Caller, secret: string): number
  identify(secret: string): Key | Refusal
  authorise(key: Key, ask: AccessRequest): Refusal | null
  mayUseModel(key: Key, model: string): boolean
  /** Asks the person, once per key, whether a key may go online after it requested an online feature. */
  askOnline(key: Key, feature: OnlineFeature): void
  /** Asks the person, once per key, whether another app than its own may use a key; `otherApp` names it. */
  askOtherApp(key: Key, otherApp: string): void
  /** Counts a request and an exchange against the key's limits, before the body is read. */
  admit(key: Key): Lease | Refusal
  /** Checks the key again before an admitted request goes to the upstream, and reserves tokens. */
  goOn(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null
  /** Counts a request that was refused for another reason. Returns a refusal if there were too many. */
  countRefused(key: Key): Refusal | null
  /**
   * Reports keys that were disabled, deleted, restricted or rotated without grace, or that expired, and blocked
   * origins.
   */
  onRevoked(listener: (revocation: Revocation) => void): () => void
  readonly keys: {
    list(): Promise<Key[]>
    deleted(): Promise<DeletedKey[]>
    create(key: NewKey): Promise<IssuedKey>
    update(id: string, patch: KeyPatch): Promise<Key | undefined>
    delete(id: string): Promise<Key | undefined>
    restore(id: string): Promise<Key | undefined>
    rotate(id: string, graceMs: number): Promise<IssuedKey | undefined>
    /** Deletes a key permanently. Resolves to true if the key existed. */
    forget(id: string): Promise<boolean>
    /** The ids of all keys, including deleted ones. */
    ids(): readonly string[]
    /** Every key that is not deleted, with the hashes of its secrets. */
    stored(): readonly StoredKey[]
    /** True if a key, deleted ones included, has or had the secret with this SHA-256 in base64. */
    hasSecret(hash: string): boolean
  }
  readonly origins: {
    list(): Promise<OriginRecord[]>
    decide(origin: string, status: 'allowed' | 'blocked'): Promise<OriginRecord>
    label(origin: string, label: string | null): Promise<OriginRecord | undefined>
    forget(origin: string): Promise<boolean>
  }
  /**
   * Imports keys and sites of another computer, all or none. Existing ones do not change. Resolves to the numbers
   * imported. Rejects with a PersonError.
   */
  adopt(arrivals: Arrivals): Promise<{ keys: number; origins: number }>
  /** Call for each exchange that has ended; `time` is ms UTC. Writes later. */
  noteUse(keyId: string | null, origin: string | null, time: number, refused: boolean): void
  /** The person's name for an origin, or the name of a well-known extension; null if there is none. */
  originName(origin: string): string | null
  /** The name of a key id (deleted keys included) or an origin; any other value is its own label. */
  labelOf(by: Dimension, value: string): string
  /** The person who uses a key; empty if nobody is set. */
  ownerOf(keyId: string): string
  /** The rest of a key's limits. */
  allowanceOf(key: Key): Allowance
  /** The number of keys that are not deleted. */
  keyCount(): number
  /** The number of origins that wait for a decision. */
  pendingCount(): number
  /** The number of keys that wait for permission to go online. */
  pendingOnlineCount(): number
  /** The number of keys that another app than their own used, and that wait for a decision. */
  pendingOtherAppCount(): number
  /** Writes last uses and counts at once. */
  flush(): Promise<void>
  /**
   * Call before other rows are put under the room: writes what is noted. Until `endReplacement` no request goes on to the
   * upstream. Call both when nothing runs through `use`.
   */
  beginReplacement(): Promise<void>
  /** Reads the new rows, and ends what lost its rights by them. If it rejects, call it again. */
  endReplacement(): Promise<void>
  /** Waits for pending changes, writes the rest and stops all timers. The room cannot be used afterwards. */
  close(): Promise<void>
}

/** Loads keys and origins. Rejects if they cannot be read, because the gateway must not run without its keys. */
export async function createAccess(options: AccessOptions): Promise<AccessRoom> {
  const { now, log, use } = options
  const ring = new KeyRing({ stored: await options.keys.load(), now })
  const budgets = new TokenBudgets({ now, timeZone: options.timeZone })
  const revocations = new Revocations({ log })
  const { service: keyService, expiry } = createKeyService(options, ring, revocations)
  const { registry, service: originService, notes } = await createOriginService(options, ring, revocations)
  const replacement = new Replacement({ ...options, ring, registry, budgets, notes, expiry, revocations })
  await replacement.countTokens()
  const limits = new Limits({ now, budgets })
  const gate = new Gate({ ring, registry, limits, unknownOrigins: options.unknownOrigins })
  // A key that is asked about while the store is being replaced is asked about at its next use.
  const ask = (work: () => Promise<void>) => {
    if (!replacement.isUnderWay) void use(work).catch(() => undefined)
  }
  const slowDown = new SlowDown({ now, seed: new DataView(options.randomBytes(4).slice().buffer).getInt32(0) })
  return {
    isBlocked: (origin) => gate.isBlocked(origin),
    isDecided: (origin) => registry.isDecided(origin),
    waitAfterGuess: (caller, secret) => slowDown.waitAfterGuess(caller, secret),
    identify: (secret) => ring.identify(secret),
    authorise: (key, ask) => gate.authorise(key, ask),
    mayUseModel: (key, model) => gate.mayUseModel(key, model),
    askOnline: (key, feature) => ask(() => keyService.askOnline(key.id, feature)),
    askOtherApp: (key, otherApp) => ask(() => keyService.askOtherApp(key.id, otherApp)),
    admit: (key) => gate.admit(key),
    // New requests are told by the configuration that it is paused; this is for one whose body was being read.
    goOn: (key, lease, estimate) =>
      replacement.isUnderWay ? { refused: 'gateway_paused' } : gate.goOn(key, lease, estimate),
    countRefused: (key) => gate.countRefused(key),
    onRevoked: (listener) => revocations.on(listener),
    keys: keysOf(keyService, use),
    origins: originsOf(originService, use),
    adopt: (arrivals) => use(() => adopt(arrivals, options.arrivals, { keyService, originService })),
    noteUse: (...note) => replacement.note(...note),
    originName: (origin) => registry.nameOf(origin),
    labelOf: (by, value) => labelOf(ring, registry, by, value),
    ownerOf: (keyId) => ring.find(keyId)?.stored.key.owner ?? '',
    allowanceOf: (key) => limits.allowanceOf(key),
    keyCount: () => ring.live().length,
    pendingCount: () => registry.pendingCount,
    pendingOnlineCount: () => ring.live().filter(({ stored }) => asksToGoOnline(stored.key)).length,
    pendingOtherAppCount: () => ring.live().filter(({ stored }) => asksAboutOtherApp(stored.key)).length,
    flush: () => notes.flush(),
    beginReplacement: () => replacement.begin(),
    endReplacement: () => replacement.end(),
    close: async () => {
      expiry.stop()
      await keyService.settled()
      // Runs after every pending write of an origin's decision.
      await notes.flush()
      notes.stop()
    },
  }
}

/** Runs in the queue of the origin writes, so imports also wait for one another. */
async function adopt(
  { keys, origins }: Arrivals,
  store: ArrivalStore,
  { keyService, originService }: { keyService: KeyService; originService: OriginService },
) {
  const done = { keys: 0, origins: 0 }
  done.origins = await originService.adopt(origins, async (freshOrigins) => {
    done.keys = await keyService.adopt(keys, (freshKeys) => store.insert({ keys: freshKeys, origins: freshOrigins }))
  })
  return done
}

function createKeyService(options: AccessOptions, ring: KeyRing, revocations: Revocations) {
  const { now, randomBytes } = options
  const revoke = (keyId: string) => revocations.tell({ keyId })
  const expiry = new KeyExpiry({ ring, now, revoke })
  const changed = () => {
    expiry.watch()
    options.onKeysChanged()
  }
  const service = new KeyService({
    ring,
    store: options.keys,
    now,
    randomBytes,
    revoke,
    changed,
    askedOnline: options.onOnlineQuestion,
    askedOtherApp: options.onOtherAppQuestion,
    log: options.log,
  })
  return { service, expiry }
}

async function createOriginService(options: AccessOptions, ring: KeyRing, revocations: Revocations) {
  const { now, log, origins: store, onOriginsChanged: changed } = options
  const noted = () => {
    notes.writeSoon()
    changed()
  }
  const registry = new OriginRegistry({ records: await store.load(), now, changed: noted, asked: options.onQuestion })
  const service = new OriginService({ registry, store, now, changed, revoke: (origin) => revocations.tell({ origin }) })
  const notes = new UseNotes({ ring, registry, originService: service, keys: options.keys, use: options.use, log })
  return { registry, service, notes }
}

function keysOf(service: KeyService, use: UseStore): AccessRoom['keys'] {
  return {
    list: () => use(() => service.list()),
    deleted: () => use(() => service.deleted()),
    create: (key) => use(() => service.create(key)),
    update: (id, patch) => use(() => service.update(id, patch)),
    delete: (id) => use(() => service.delete(id)),
    restore: (id) => use(() => service.restore(id)),
    rotate: (id, graceMs) => use(() => service.rotate(id, graceMs)),
    forget: (id) => use(() => service.forget(id)),
    ids: () => service.ids(),
    stored: () => service.stored(),
    hasSecret: (hash) => service.hasSecret(hash),
  }
}

function originsOf(service: OriginService, use: UseStore): AccessRoom['origins'] {
  return {
    list: () => use(() => service.list()),
    decide: (origin, status) => use(() => service.decide(origin, status)),
    label: (origin, label) => use(() => service.label(origin, label)),
    forget: (origin) => use(() => service.forget(origin)),
  }
}

function labelOf(ring: KeyRing, registry: OriginRegistry, by: Dimension, value: string): string {
  if (by === 'key') return ring.find(value)?.stored.key.name ?? value
  const record = by === 'origin' ? registry.find(value)?.record : undefined
  return record === undefined ? value : (withName(record).label ?? value)
}
