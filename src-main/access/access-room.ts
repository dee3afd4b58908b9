import {
  type AccessRequest,
  isRefusal,
  type Lease,
  type Refusal,
  type Revocation,
  type TokenEstimate,
} from '#shared/gateway/decisions.ts'
import type { Key, OnlineFeature } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { LimitQuestion } from '#shared/keys/limit-question.ts'
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
import { LimitQuestions } from './limits/limit-questions.ts'
import { Limits } from './limits/limits.ts'
import { type Caller, SlowDown } from './limits/slow-down.ts'
import { TokenBudgets } from './limits/token-budgets.ts'
import { type KeyOperations, keyOperations, type OriginOperations, originOperations } from './operations.ts'
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
  /** Called when the person should decide whether a key that has reached a limit gets more: once per key and day. */
  readonly onLimitQuestion: (key: Key) => void
}

/** The content of the two stores at the start. */
interface Loaded {
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}

/** Decides what keys and origins may do. Decisions come from memory; the two stores hold what must persist. */
export class AccessRoom {
  readonly #options: AccessOptions
  readonly #ring: KeyRing
  readonly #registry: OriginRegistry
  readonly #limits: Limits
  readonly #limitQuestions: LimitQuestions
  readonly #gate: Gate
  readonly #slowDown: SlowDown
  readonly #revocations: Revocations
  readonly #expiry: KeyExpiry
  readonly #keyService: KeyService
  readonly #originService: OriginService
  readonly #notes: UseNotes
  readonly #replacement: Replacement
  readonly keys: KeyOperations
  readonly origins: OriginOperations

  private constructor(options: AccessOptions, loaded: Loaded) {
    const { now, log, use, timeZone, unknownOrigins, randomBytes } = options
    const budgets = new TokenBudgets({ now, timeZone })
    this.#options = options
    this.#revocations = new Revocations({ log })
    this.#ring = new KeyRing({ stored: loaded.keys, now })
    this.#expiry = new KeyExpiry({ ring: this.#ring, now, revoke: (keyId) => this.#revocations.tell({ keyId }) })
    this.#registry = this.#createRegistry(loaded.origins)
    this.#limits = new Limits({ now, budgets })
    this.#limitQuestions = new LimitQuestions({ today: () => budgets.today().from, asked: options.onLimitQuestion })
    this.#gate = new Gate({ ring: this.#ring, registry: this.#registry, limits: this.#limits, unknownOrigins })
    this.#slowDown = new SlowDown({ now, seed: new DataView(randomBytes(4).slice().buffer).getInt32(0) })
    this.#keyService = this.#createKeyService()
    this.#originService = this.#createOriginService()
    const state = { ring: this.#ring, registry: this.#registry }
    this.#notes = new UseNotes({ ...options, ...state, originService: this.#originService })
    const parts = { ...state, budgets, notes: this.#notes, expiry: this.#expiry, revocations: this.#revocations }
    this.#replacement = new Replacement({ ...options, ...parts })
    this.keys = keyOperations(this.#keyService, use)
    this.origins = originOperations(this.#originService, use)
  }

  /** Loads keys and origins. Rejects if they cannot be read, because the gateway must not run without its keys. */
  static async open(options: AccessOptions): Promise<AccessRoom> {
    const loaded = { keys: await options.keys.load(), origins: await options.origins.load() }
    const room = new AccessRoom(options, loaded)
    await room.#replacement.countTokens()
    return room
  }

  /** True if a person has blocked the origin. */
  isBlocked(origin: string): boolean {
    return this.#gate.isBlocked(origin)
  }

  /** True if a person has decided about the origin. */
  isDecided(origin: string): boolean {
    return this.#registry.isDecided(origin)
  }

  /** Counts an unknown or malformed key. Returns the whole seconds that its caller must wait, usually 0. */
  waitAfterGuess(caller: Caller, secret: string): number {
    return this.#slowDown.waitAfterGuess(caller, secret)
  }

  identify(secret: string): Key | Refusal {
    return this.#ring.identify(secret)
  }

  authorise(key: Key, ask: AccessRequest): Refusal | null {
    return this.#gate.authorise(key, ask)
  }

  mayUseModel(key: Key, model: string): boolean {
    return this.#gate.mayUseModel(key, model)
  }

  /** Asks the person, once per key, whether a key may go online after it requested an online feature. */
  askOnline(key: Key, feature: OnlineFeature): void {
    this.#ask(() => this.#keyService.askOnline(key.id, feature))
  }

  /** Asks the person, once per key, whether another app than its own may use a key; `otherApp` names it. */
  askOtherApp(key: Key, otherApp: string): void {
    this.#ask(() => this.#keyService.askOtherApp(key.id, otherApp))
  }

  /** Counts a request and an exchange against the key's limits, before the body is read. */
  admit(key: Key): Lease | Refusal {
    const verdict = this.#gate.admit(key)
    if (isRefusal(verdict)) this.#limitQuestions.ask(key, verdict)
    return verdict
  }

  /** Checks the key again before an admitted request goes to the upstream, and reserves tokens. */
  reserveTokens(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null {
    // The configuration tells new requests that the gateway is paused. This is for one whose body was being read.
    if (this.#replacement.isUnderWay) return { refused: 'gateway_paused' }
    const refusal = this.#gate.reserveTokens(key, lease, estimate)
    if (refusal !== null) this.#limitQuestions.ask(key, refusal)
    return refusal
  }

  /** Counts a request that was refused for another reason. Returns a refusal if there were too many. */
  countRefused(key: Key): Refusal | null {
    return this.#gate.countRefused(key)
  }

  /**
   * Reports keys that were disabled, deleted, restricted or rotated without grace, or that expired, and blocked
   * origins. Returns a function that removes the listener.
   */
  onRevoked(listener: (revocation: Revocation) => void): () => void {
    return this.#revocations.on(listener)
  }

  /**
   * Imports keys and sites of another computer, all or none. Existing ones do not change. Resolves to the numbers
   * imported. Rejects with a PersonError.
   */
  adopt(arrivals: Arrivals): Promise<{ keys: number; origins: number }> {
    return this.#options.use(() => this.#adoptNow(arrivals))
  }

  /** Call for each exchange that has ended; `time` is ms UTC. Writes later. */
  noteUse(keyId: string | null, origin: string | null, time: number, refused: boolean): void {
    this.#replacement.note(keyId, origin, time, refused)
  }

  /** The person's name for an origin, or the name of a well-known extension; null if there is none. */
  originName(origin: string): string | null {
    return this.#registry.nameOf(origin)
  }

  /** The name of a key id (deleted keys included) or an origin; any other value is its own label. */
  labelOf(by: Dimension, value: string): string {
    if (by === 'key') return this.#ring.find(value)?.stored.key.name ?? value
    const record = by === 'origin' ? this.#registry.find(value)?.record : undefined
    return record === undefined ? value : (withName(record).label ?? value)
  }

  /** The person who uses a key; empty if nobody is set. */
  ownerOf(keyId: string): string {
    return this.#ring.find(keyId)?.stored.key.owner ?? ''
  }

  /** The rest of a key's limits. */
  allowanceOf(key: Key): Allowance {
    return this.#limits.allowanceOf(key)
  }

  /** The limits that keys have reached and about which the person has not decided. */
  limitQuestions(): LimitQuestion[] {
    return this.#limitQuestions.open(this.#ring.live().map(({ stored }) => stored.key))
  }

  /** The number of keys that are not deleted. */
  keyCount(): number {
    return this.#ring.live().length
  }

  /** The number of origins that wait for a decision. */
  pendingCount(): number {
    return this.#registry.pendingCount
  }

  /** The number of keys that wait for permission to go online. */
  pendingOnlineCount(): number {
    return this.#ring.live().filter(({ stored }) => asksToGoOnline(stored.key)).length
  }

  /** The number of keys that another app than their own used, and that wait for a decision. */
  pendingOtherAppCount(): number {
    return this.#ring.live().filter(({ stored }) => asksAboutOtherApp(stored.key)).length
  }

  /** Writes last uses and counts at once. */
  flush(): Promise<void> {
    return this.#notes.flush()
  }

  /**
   * Call before the rows of the store are replaced: writes collected uses. Until `endReplacement` no request is
   * forwarded. Call both when nothing runs through `use`.
   */
  beginReplacement(): Promise<void> {
    return this.#replacement.begin()
  }

  /** Reads the new rows, and ends exchanges that lost their rights by them. If it rejects, call it again. */
  endReplacement(): Promise<void> {
    return this.#replacement.end()
  }

  /** Waits for pending changes, writes the rest and stops all timers. The room cannot be used afterwards. */
  async close(): Promise<void> {
    this.#expiry.stop()
    await this.#keyService.settled()
    // Runs after every pending write of an origin's decision.
    await this.#notes.flush()
    this.#notes.stop()
  }

  /** A question that comes up while the store is being replaced is asked at the key's next use. */
  #ask(work: () => Promise<void>): void {
    if (!this.#replacement.isUnderWay) void this.#options.use(work).catch(() => undefined)
  }

  /** Runs in the queue of the origin writes, so imports also wait for one another. */
  async #adoptNow({ keys, origins }: Arrivals): Promise<{ keys: number; origins: number }> {
    const { arrivals } = this.#options
    const done = { keys: 0, origins: 0 }
    done.origins = await this.#originService.adopt(origins, async (freshOrigins) => {
      const write = (freshKeys: readonly StoredKey[]) => arrivals.insert({ keys: freshKeys, origins: freshOrigins })
      done.keys = await this.#keyService.adopt(keys, write)
    })
    return done
  }

  #createRegistry(records: readonly OriginRecord[]): OriginRegistry {
    const { now, onOriginsChanged, onQuestion } = this.#options
    const changed = () => {
      this.#notes.writeSoon()
      onOriginsChanged()
    }
    return new OriginRegistry({ records, now, changed, asked: onQuestion })
  }

  #createKeyService(): KeyService {
    const { keys: store, now, randomBytes, onKeysChanged, onOnlineQuestion, onOtherAppQuestion, log } = this.#options
    const changed = () => {
      this.#expiry.watch()
      onKeysChanged()
    }
    const revoke = (keyId: string) => this.#revocations.tell({ keyId })
    return new KeyService({
      ring: this.#ring,
      store,
      now,
      randomBytes,
      revoke,
      changed,
      askedOnline: onOnlineQuestion,
      askedOtherApp: onOtherAppQuestion,
      updated: (id, patch) => this.#limitQuestions.answer(id, patch),
      log,
    })
  }

  #createOriginService(): OriginService {
    const { origins: store, now, onOriginsChanged } = this.#options
    const revoke = (origin: string) => this.#revocations.tell({ origin })
    return new OriginService({ registry: this.#registry, store, now, changed: onOriginsChanged, revoke })
  }
}
