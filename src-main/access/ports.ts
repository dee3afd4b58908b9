import type { AskedLimit, LimitQuestion } from '#shared/keys/limit-question.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import type { SharedLock } from '../base/shared-lock.ts'

/**
 * Runs work on the rows of a store and their copy in memory. A restore and such work wait for each other. Rejects if the
 * store is lost. Must not be nested.
 */
export type UseStore = SharedLock['shared']

/** Durable: a resolved write survives a power cut. A rejected write leaves the store unchanged. */
export interface KeyStore {
  load(): Promise<StoredKey[]>
  insert(key: StoredKey): Promise<void>
  /** Replaces the row with the same id, including its secrets. */
  replace(key: StoredKey): Promise<void>
  /** Deletes permanently, including its secrets. */
  remove(id: string): Promise<void>
  /** Not durable; writes the last use of many keys, by id (ms UTC). */
  touch(lastUsed: ReadonlyMap<string, number>): Promise<void>
}

/** All persons. A key never allows more than its person. */
export interface PersonSource {
  /** The person in effect, from memory. The same object until the person changes. */
  find(id: string): Person | undefined
}

/** Keys and sites from another computer, and the new persons of these keys. */
export interface Arrivals {
  readonly persons: readonly Person[]
  readonly keys: readonly StoredKey[]
  readonly origins: readonly OriginRecord[]
}

/** Durable; writes all or none. */
export interface ArrivalStore {
  insert(arrivals: Arrivals): Promise<void>
}

/** Durable for decisions. */
export interface OriginStore {
  load(): Promise<OriginRecord[]>
  put(record: OriginRecord): Promise<void>
  remove(origin: string): Promise<void>
  /** Not durable; writes counts of known origins and whole records of new ones. */
  touch(records: readonly OriginRecord[]): Promise<void>
}

export type LimitKind = 'requests' | 'tokens' | 'concurrency'

/** One limit of one key or person that several gateways share. */
export interface SharedLimit {
  readonly whose: 'key' | 'person'
  readonly kind: LimitKind
  readonly id: string
  /** Tokens: the beginning of the local day (ms UTC), because each day has its own. 0 for the other kinds. */
  readonly period: number
}

/** Requests of the last 60 s, running requests, or tokens of the day. `busy` also has tokens that are reserved. */
export interface LimitUse {
  readonly used: number
  readonly busy: number
}

/** What a gateway has of a limit and uses of it, and what it asks for. */
export interface ShareAsk extends SharedLimit, LimitUse {
  readonly limit: number
  /** The part of its share that it does not give back. It already uses no more than this. */
  readonly keep: number
  /** `first`: the part that each gateway has beforehand. `more`: half of what nobody has. */
  readonly wants: 'nothing' | 'first' | 'more'
  /** Tokens that others count as spent if the table has no share of this gateway: reported before, or used before the limit was set. */
  readonly before: number
  /** True if it refuses requests meanwhile: the others are asked to give back what they do not use. */
  readonly isStarving: boolean
}

export interface ShareAnswer {
  /** What this gateway may use from now on. */
  readonly share: number
  /** The part of `before`, and so of `busy`, that others count as spent. */
  readonly countedElsewhere: number
  /** True if no gateway had asked about this limit before, on this day. */
  readonly isFirstOfAll: boolean
  /** What the other gateways use, as each last reported. */
  readonly elsewhere: number
  /** All shares, and what is used beyond them. More than the limit for a while after the limit was lowered. */
  readonly claimed: number
  /** What each gateway has of it beforehand. Less than that is not given back. */
  readonly first: number
}

/** Limits by `whose:kind:id`. */
export interface ShareSignals {
  /** Somebody refuses requests for want of a share. */
  readonly starving: readonly string[]
  /** Nobody's part is used up. */
  readonly full: readonly string[]
  /** There is a part that nobody has, after there was none. */
  readonly room: readonly string[]
}

/** The time for which this gateway may use its shares: afterwards others may have them. */
export interface ShareLease {
  /** Another number after the lease has ended: shares from before are void, also if it was renewed since. */
  readonly epoch: number
  isValid(): boolean
  /** True if the database answered within the last seconds. */
  isNear(): boolean
}

/** Hears what the other gateways say about limits. */
export interface ShareListener {
  heard(signals: ShareSignals): void
  /** This gateway may have missed signals until now. From now on it hears them. */
  missed(): void
}

/** The shares of all gateways. */
export interface ShareStore {
  readonly lease: ShareLease
  /** In one transaction; answers in the order of the asks. The sum of all shares is never raised above a limit. */
  move(asks: readonly ShareAsk[]): Promise<ShareAnswer[]>
  /** Counts tokens of today from before the limit was set. */
  addSpent(limit: SharedLimit, tokens: number): Promise<void>
  /** What others use of all limits now. */
  useElsewhere(): Promise<readonly (SharedLimit & { readonly used: number })[]>
  /** Resolves to true for one gateway only, which warns the person on this day. */
  claimWarning(personId: string, day: number): Promise<boolean>
  /** Returns a function that removes the listener. */
  onSignals(listener: ShareListener): () => void
}

/** A question about a key that has reached a limit: the last one about this key. */
export interface AskedQuestion extends LimitQuestion {
  /** The beginning of the day on which it was asked: ms UTC. */
  readonly day: number
}

/** The questions of all gateways about limits. */
export interface LimitQuestionStore {
  /** Resolves to true for one gateway only, which asks the person about this key on this day. */
  ask(question: AskedQuestion): Promise<boolean>
  /** Closes the question about a key if it is about one of these limits. */
  answer(keyId: string, limits: readonly AskedLimit[]): Promise<void>
  list(): Promise<readonly (AskedQuestion & { readonly isOpen: boolean })[]>
}
