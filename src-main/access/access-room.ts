import {
  type AccessRequest,
  type Bounds,
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
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import { REMOVED_PERSON } from '#shared/people/person-id.ts'
import type { Dimension } from '#shared/usage/usage.ts'
import type { AccessOptions } from './access-options.ts'
import { type FollowedRows, followOthers } from './follow.ts'
import { Gate } from './gate.ts'
import { KeyExpiry } from './keys/key-expiry.ts'
import { KeyRing } from './keys/key-ring.ts'
import type { KeyService } from './keys/key-service.ts'
import { LimitQuestions } from './limits/limit-questions.ts'
import { RoomLimits } from './limits/room-limits.ts'
import { type Caller, SlowDown } from './limits/slow-down.ts'
import { type KeyOperations, keyOperations, type OriginOperations, originOperations } from './operations.ts'
import { OriginRegistry, withName } from './origins/origin-registry.ts'
import type { OriginService } from './origins/origin-service.ts'
import { PersonRegistry } from './persons/person-rules.ts'
import type { ArrivalStore, Arrivals } from './ports.ts'
import { Replacement } from './replacement.ts'
import { Revocations } from './revocations.ts'
import { createKeyService, createOriginService } from './services.ts'
import { UseNotes } from './use-notes.ts'

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
  readonly #limits: RoomLimits
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
    const { now, log, use, unknownOrigins, randomBytes } = options
    this.#options = options
    this.#revocations = new Revocations({ log })
    this.#ring = new KeyRing({ stored: loaded.keys, persons: options.persons, now })
    this.#expiry = new KeyExpiry({ ring: this.#ring, now, revoke: (keyId) => this.#revocations.tell({ keyId }) })
    this.#registry = this.#createRegistry(loaded.origins)
    const keyIdsOf = (personId: string) => this.keyIdsOf(personId)
    this.#limits = new RoomLimits({ ...options, ring: this.#ring, keyIdsOf })
    const { budgets, personBudgets, today } = this.#limits
    const left = (key: Key) => this.allowanceOf(key)
    this.#limitQuestions = new LimitQuestions({ ...options, today, asked: options.onLimitQuestion, left })
    const persons = new PersonRegistry(options.persons)
    this.#gate = new Gate({
      ring: this.#ring,
      registry: this.#registry,
      limits: this.#limits.limits,
      persons,
      now,
      unknownOrigins,
    })
    this.#slowDown = new SlowDown({ now, seed: new DataView(randomBytes(4).slice().buffer).getInt32(0) })
    const state = { ring: this.#ring, registry: this.#registry, revocations: this.#revocations }
    const watching = { expiry: this.#expiry, limitQuestions: this.#limitQuestions }
    const changed = () => this.#limits.shares?.look()
    this.#keyService = createKeyService(options, { ...state, ...watching, changed })
    this.#originService = createOriginService(options, state)
    this.#notes = new UseNotes({ ...options, ...state, originService: this.#originService })
    const parts = {
      ...state,
      budgets,
      personBudgets,
      notes: this.#notes,
      expiry: this.#expiry,
    }
    this.#replacement = new Replacement({ ...options, ...parts })
    this.keys = keyOperations(this.#keyService, use)
    this.origins = originOperations(this.#originService, use)
  }

  /** Loads keys and origins. Rejects if they cannot be read, because the gateway must not run without its keys. */
  static async open(options: AccessOptions): Promise<AccessRoom> {
    const loaded = { keys: await options.keys.load(), origins: await options.origins.load() }
    const room = new AccessRoom(options, loaded)
    // The table of shares knows what was used before, here and elsewhere.
    if (options.shares === undefined) await room.#replacement.countTokens()
    await room.#limits.begin()
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

  /** Identifies a key that another gateway may have made a moment ago. undefined if there is none, and for who must wait anyway. */
  identifyAgain(caller: Caller, secret: string): Promise<Key | Refusal> | undefined {
    const { look } = this.#options
    if (look === undefined || this.#slowDown.isWaiting(caller)) return undefined
    const identify = () => this.#ring.identify(secret)
    return look().then(identify, identify)
  }

  authorise(key: Key, ask: AccessRequest): Refusal | null {
    return this.#gate.authorise(key, ask)
  }

  mayUseModel(key: Key, model: string): boolean {
    return this.#gate.mayUseModel(key, model)
  }

  /** The refusal of a model that the key may not use. */
  modelRefusal(key: Key, model: string | undefined): Refusal {
    return this.#gate.modelRefusal(key, model)
  }

  /** The rights of a key under its person. Returns the same object until one of them changes. */
  boundsOf(key: Key): Bounds {
    return this.#gate.boundsOf(key)
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

  /**
   * After a refusal, if another part of a limit is on its way to this gateway: resolves soon, to true if it is here. undefined if
   * none is, or if this gateway has all of each limit.
   */
  moreSoon(key: Key): Promise<boolean> | undefined {
    return this.#limits.shares?.moreSoon(key.id, key.person)
  }

  /** Checks the key again before an admitted request goes to the upstream, and reserves tokens. */
  reserveTokens(key: Key, lease: Lease, estimate: TokenEstimate | null): Refusal | null {
    // New requests are refused by the configuration already. This refuses one whose body was read meanwhile.
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
   * Imports keys and sites of another computer, and writes the new persons of these keys, all or none. Existing ones do
   * not change. `insert` writes them. Resolves to the numbers imported. Rejects with a PersonError.
   */
  adopt(
    arrivals: Arrivals,
    insert: ArrivalStore['insert'] = (all) => this.#options.arrivals.insert(all),
  ): Promise<{ keys: number; origins: number }> {
    return this.#options.use(() => this.#adoptNow(arrivals, insert))
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

  /** The id of the person who uses a key, also of a deleted one; empty for an unknown key. */
  personOf(keyId: string): string {
    const entry = this.#ring.find(keyId)
    if (entry === undefined) return ''
    const { person } = entry.stored.key
    return this.#options.persons.find(person) === undefined ? REMOVED_PERSON : person
  }

  /** Ids of the keys whose usage is a person's, including deleted ones; `REMOVED_PERSON` has those of all removed persons. */
  keyIdsOf(personId: string): string[] {
    return this.#ring.ids().filter((keyId) => this.personOf(keyId) === personId)
  }

  /** The keys of a person, including deleted ones. */
  keysOf(personId: string): { readonly key: Key; readonly deleted: boolean }[] {
    return [...this.#ring.live(), ...this.#ring.deleted()]
      .filter(({ stored }) => stored.key.person === personId)
      .map((entry) => ({ key: this.#ring.view(entry), deleted: entry.stored.deletedAt !== null }))
  }

  /** Ends the running exchanges of all keys of a person. Call when the person has lost a right. */
  revokePerson(personId: string): void {
    for (const { stored } of this.#ring.live()) {
      if (stored.key.person === personId) this.#revocations.tell({ keyId: stored.key.id })
    }
  }

  /** The rest of a key's limits. */
  allowanceOf(key: Key): Allowance {
    return this.#limits.limits.allowanceOf(key)
  }

  /** The rest of what all keys of a person share. */
  allowanceOfPerson(person: Person): Allowance {
    return this.#limits.limits.allowanceOfPerson(person)
  }

  /** The key's person with the rest of what all their keys share; undefined if they were removed. */
  personAllowanceOf(key: Key): { readonly person: Person; readonly left: Allowance } | undefined {
    const person = this.#options.persons.find(key.person)
    return person && { person, left: this.allowanceOfPerson(person) }
  }

  /** Brings up to date what other gateways use of the limits. While the database is away, it stays as last known. */
  async refreshAllowances(): Promise<void> {
    await this.#limits.shares?.refresh()
  }

  /** Call when persons have changed: their limits may be others. */
  limitsChanged(): void {
    this.#limits.shares?.look()
  }

  /** Brings up to date what other gateways have asked about limits. While the database is away, it stays as last known. */
  refreshLimitQuestions(): Promise<void> {
    return this.#limitQuestions.refresh()
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

  /** Takes over what other gateways have changed. */
  follow(rows: FollowedRows): void {
    followOthers(rows, {
      ...this.#options,
      ring: this.#ring,
      registry: this.#registry,
      expiry: this.#expiry,
      revocations: this.#revocations,
    })
    this.#limits.shares?.look()
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
    await this.#limits.shares?.close()
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
  async #adoptNow(
    { persons, keys, origins }: Arrivals,
    insert: ArrivalStore['insert'],
  ): Promise<{ keys: number; origins: number }> {
    const done = { keys: 0, origins: 0 }
    done.origins = await this.#originService.adopt(origins, async (freshOrigins) => {
      const write = (freshKeys: readonly StoredKey[]) => insert({ persons, keys: freshKeys, origins: freshOrigins })
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
}
