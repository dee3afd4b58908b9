import type { Ask, Lease, Refusal, Revocation, TokenEstimate } from '#shared/gateway/decisions.ts'
import type { DeletedKey, IssuedKey, Key, KeyPatch, NewKey, OnlineWish } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
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
  /** What an origin that nobody has decided about may do. Read anew for each request. */
  readonly unknownOrigins: () => UnknownOrigins
  /** Tokens booked for a key since a moment (ms UTC), so that a restart does not refill a day's budget. */
  readonly tokensSince: (keyId: string, since: number) => Promise<number>
  /** IANA name of the zone in which the person's days begin. */
  readonly timeZone: () => string
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Pick<Log, 'warn'>
  readonly onKeysChanged: () => void
  readonly onOriginsChanged: () => void
  /** The person is asked about an origin: once per origin, until it is forgotten. */
  readonly onQuestion: (record: OriginRecord) => void
  /** The person is asked whether a key may go online: once per key. */
  readonly onOnlineQuestion: (key: Key) => void
}

/** Who may do what. Every decision comes from memory at once; what must last goes through the two stores. */
export interface AccessRoom {
  /** True for an origin that a person has blocked. */
  isBlocked(origin: string): boolean
  /** True for an origin that a person has decided about. */
  isDecided(origin: string): boolean
  /** Notes a key that is unknown or malformed. Whole seconds that its caller must wait, 0 for most. */
  waitAfterGuess(caller: Caller, secret: string): number
  identify(secret: string): Key | Refusal
  authorise(key: Key, ask: Ask): Refusal | null
  mayUseModel(key: Key, model: string): boolean
  /** A key that may not go online wanted to: the person is asked, once per key. */
  askOnline(key: Key, wish: OnlineWish): void
  /** Takes a request and a place under the key's limits, before its body is read. */
  admit(key: Key): Lease | Refusal
  /** Whether an admitted request may go on to the upstream: asks for the key once more, and sets tokens aside. */
  goOn(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null
  /** Counts a request that is refused for another reason; the refusal when there were too many of them. */
  countRefused(key: Key): Refusal | null
  /** Tells of keys disabled, deleted, expired, made narrower or rotated without grace, and of origins blocked. */
  onRevoked(listener: (revocation: Revocation) => void): () => void
  readonly keys: {
    list(): Promise<Key[]>
    deleted(): Promise<DeletedKey[]>
    create(key: NewKey): Promise<IssuedKey>
    update(id: string, patch: KeyPatch): Promise<Key | undefined>
    delete(id: string): Promise<Key | undefined>
    restore(id: string): Promise<Key | undefined>
    rotate(id: string, graceMs: number): Promise<IssuedKey | undefined>
    /** Deletes a key for good. Resolves to whether there was one. */
    forget(id: string): Promise<boolean>
    /** Also of keys that were deleted. */
    ids(): readonly string[]
    /** Every key that is not deleted, with the hashes of its secrets. */
    stored(): readonly StoredKey[]
  }
  readonly origins: {
    list(): Promise<OriginRecord[]>
    decide(origin: string, status: 'allowed' | 'blocked'): Promise<OriginRecord>
    label(origin: string, label: string | null): Promise<OriginRecord | undefined>
    forget(origin: string): Promise<boolean>
  }
  /**
   * Takes in the keys and sites of another computer, all of them or none; what is here already stays as it is. Resolves
   * to how many came in. Rejects with a PersonError.
   */
  adopt(arrivals: Arrivals): Promise<{ keys: number; origins: number }>
  /** To be called for each exchange that has ended; `time` in ms UTC. Writes nothing at once. */
  noteUse(keyId: string | null, origin: string | null, time: number, refused: boolean): void
  /** How a person calls a key id or an origin, deleted keys included; anything else is its own label. */
  labelOf(by: Dimension, value: string): string
  /** The person who has a key; `` (empty) for nobody. */
  ownerOf(keyId: string): string
  /** What a key may still do now. */
  allowanceOf(key: Key): Allowance
  /** Keys that are not deleted. */
  keyCount(): number
  /** Origins waiting for a decision. */
  pendingCount(): number
  /** Keys of which the person is asked whether they may go online. */
  pendingOnlineCount(): number
  /** Writes last uses and counts now. */
  flush(): Promise<void>
  /**
   * Other rows are about to be put under the room: writes what is noted. Until `endReplacement` nobody goes on to the
   * upstream. Both are to be called when nothing runs through `use`.
   */
  beginReplacement(): Promise<void>
  /** The rows are there: reads them anew and ends what lost its right by them. When it rejects, it is to be called again. */
  endReplacement(): Promise<void>
  /** Waits for changes under way, writes what is left and stops all timers. The room is not to be used afterwards. */
  close(): Promise<void>
}

/** Loads keys and origins and opens the room. Rejects when they cannot be read: there is no gateway without its keys. */
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
  const slowDown = new SlowDown({ now, seed: new DataView(options.randomBytes(4).slice().buffer).getInt32(0) })
  return {
    isBlocked: (origin) => gate.isBlocked(origin),
    isDecided: (origin) => registry.isDecided(origin),
    waitAfterGuess: (caller, secret) => slowDown.waitAfterGuess(caller, secret),
    identify: (secret) => ring.identify(secret),
    authorise: (key, ask) => gate.authorise(key, ask),
    mayUseModel: (key, model) => gate.mayUseModel(key, model),
    askOnline(key, wish) {
      // A key that is asked about while the store is being replaced is asked about at its next use.
      if (!replacement.isUnderWay) void use(() => keyService.askOnline(key.id, wish)).catch(() => undefined)
    },
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
    labelOf: (by, value) => labelOf(ring, registry, by, value),
    ownerOf: (keyId) => ring.find(keyId)?.stored.key.owner ?? '',
    allowanceOf: (key) => limits.allowanceOf(key),
    keyCount: () => ring.live().length,
    pendingCount: () => registry.pendingCount,
    pendingOnlineCount: () => ring.live().filter(({ stored }) => asksToGoOnline(stored.key)).length,
    flush: () => notes.flush(),
    beginReplacement: () => replacement.begin(),
    endReplacement: () => replacement.end(),
    close: async () => {
      expiry.stop()
      await keyService.settled()
      // Behind every decision about an origin that is still being written.
      await notes.flush()
      notes.stop()
    },
  }
}

/** In the turn of the sites, which is also that of everybody else who is taking in a setup. */
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
    asked: options.onOnlineQuestion,
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
