import type { Refusal } from '#shared/gateway/decisions.ts'
import type { OriginRecord, OriginStatus, UnknownOrigins } from '#shared/origins/origin.ts'
import { MOST_QUESTIONS, MOST_UNDECIDED, QUESTIONS_PER_DAY, RECORDED_TEXTS } from '#shared/records/recorded-text.ts'
import { knownName } from './known-extensions.ts'
import { NewcomerLimits } from './newcomer-limits.ts'

interface OriginBookOptions {
  readonly records: readonly OriginRecord[]
  readonly now: () => number
  readonly changed: () => void
  /** The person is to be asked about this origin: once, until it is forgotten. */
  readonly asked: (record: OriginRecord) => void
}

/** An origin in memory. */
export interface OriginEntry {
  record: OriginRecord
  /** How often blocking was asked for: an approval counts only if no block came after it. */
  blocks: number
}

/** Origins whose record has changed since it was last taken for writing. */
interface Unwritten {
  /** Seen for the first time, or counts only. */
  readonly seen: Set<string>
  /** Remembered before, and the policy says something else now. */
  readonly judgedAnew: Set<string>
}

/**
 * Every origin that is remembered, and the policy for those that nobody has decided about. In memory only.
 *
 * Only a request with a valid key is remembered, but such a program can invent origins: memory, the file and the person's
 * patience have bounds, all together and for each key. What is beyond them is judged all the same, it is just not
 * remembered.
 */
export class OriginRegistry {
  readonly #options: OriginBookOptions
  readonly #entries = new Map<string, OriginEntry>()
  #unwritten: Unwritten = { seen: new Set(), judgedAnew: new Set() }
  #undecided = 0
  #pending = 0
  readonly #newcomers: NewcomerLimits

  constructor(options: OriginBookOptions) {
    this.#options = options
    this.#newcomers = new NewcomerLimits({ now: options.now })
    this.reset(options.records)
  }

  /** Takes in these origins and forgets all others. */
  reset(records: readonly OriginRecord[]): void {
    this.#entries.clear()
    this.takeUnwritten()
    this.#undecided = 0
    this.#pending = 0
    for (const record of records) this.put(record)
  }

  get pendingCount(): number {
    return this.#pending
  }

  find(origin: string): OriginEntry | undefined {
    return this.#entries.get(origin)
  }

  records(): OriginRecord[] {
    return [...this.#entries.values()].map(({ record }) => withName(record))
  }

  /** True only where a person has said so: an unknown one may try its key, whatever the policy. */
  isBlocked(origin: string): boolean {
    const record = this.#entries.get(origin)?.record
    return record?.status === 'blocked' && record.decidedBy === 'person'
  }

  /** True where a person has said anything about it. */
  isDecided(origin: string): boolean {
    return this.#entries.get(origin)?.record.decidedBy === 'person'
  }

  /**
   * Judges an origin whose request carries a valid key. What a person decided stands; all others are up to the policy,
   * and their record shows what it said last:
   * - `key`: the key is enough; remembered as allowed by key.
   * - `ask`: `origin_not_approved` until a person has decided, also for those that a key was enough for before.
   * - `block`: `origin_blocked`; remembered, so that a person can allow it.
   */
  judge(origin: string, policy: UnknownOrigins, keyId: string): Refusal | null {
    const record = this.#entries.get(origin)?.record
    if (record?.decidedBy === 'person') return record.status === 'allowed' ? null : { refused: 'origin_blocked' }
    switch (policy) {
      case 'key':
        this.#note(origin, record, 'allowed', keyId)
        return null
      case 'ask':
        if (this.#pending < MOST_QUESTIONS && this.#note(origin, record, 'pending', keyId)) this.#ask(origin)
        return { refused: 'origin_not_approved' }
      case 'block':
        this.#note(origin, record, 'blocked', keyId)
        return { refused: 'origin_blocked' }
    }
  }

  /** Counts an exchange of an origin that is remembered. */
  noteUse(origin: string, time: number, refused: boolean): void {
    const entry = this.#entries.get(origin)
    if (entry === undefined) return
    const { record } = entry
    entry.record = {
      ...record,
      lastSeenAt: Math.max(record.lastSeenAt, time),
      requests: record.requests + 1,
      refused: record.refused + (refused ? 1 : 0),
    }
    this.#unwritten.seen.add(origin)
  }

  /** Sets a record, keeping the entry of its origin. */
  put(record: OriginRecord): OriginEntry {
    const known = this.#entries.get(record.origin)
    if (known !== undefined) this.#tally(known.record, -1)
    const entry = known ?? { record, blocks: 0 }
    entry.record = record
    this.#tally(record, 1)
    this.#entries.set(record.origin, entry)
    return entry
  }

  remove(origin: string): void {
    const entry = this.#entries.get(origin)
    if (entry !== undefined) this.#tally(entry.record, -1)
    this.#entries.delete(origin)
  }

  /** The records that changed since the last call. */
  takeUnwritten(): { seen: OriginRecord[]; judgedAnew: OriginRecord[] } {
    const { seen, judgedAnew } = this.#unwritten
    this.#unwritten = { seen: new Set(), judgedAnew: new Set() }
    const recordsOf = (origins: Iterable<string>) =>
      [...origins].flatMap((origin) => this.#entries.get(origin)?.record ?? [])
    return { seen: recordsOf([...seen].filter((origin) => !judgedAnew.has(origin))), judgedAnew: recordsOf(judgedAnew) }
  }

  /** Remembers what the policy said. False when that is known already or there is no room. */
  #note(origin: string, record: OriginRecord | undefined, status: OriginStatus, keyId: string): boolean {
    if (record?.status === status) return false
    if (!this.#hasRoom(record, status, keyId)) return false
    const decidedBy = status === 'allowed' ? 'key' : null
    this.put({ ...(record ?? newRecord(origin, this.#options.now())), status, decidedBy })
    this.#unwritten[record === undefined ? 'seen' : 'judgedAnew'].add(origin)
    this.#options.changed()
    return true
  }

  #hasRoom(record: OriginRecord | undefined, status: OriginStatus, keyId: string): boolean {
    if (record === undefined && this.#undecided >= MOST_UNDECIDED) return false
    if (status === 'pending') return this.#newcomers.take(keyId, 'questions', QUESTIONS_PER_DAY)
    return record !== undefined || this.#newcomers.take(keyId, 'sites', RECORDED_TEXTS.origin.origin.perDay)
  }

  #ask(origin: string): void {
    const entry = this.#entries.get(origin)
    if (entry !== undefined) this.#options.asked(withName(entry.record))
  }

  #tally({ status, decidedBy }: OriginRecord, by: 1 | -1): void {
    if (decidedBy !== 'person') this.#undecided += by
    if (status === 'pending') this.#pending += by
  }
}

/** A record for an origin that has never been seen. */
export function newRecord(origin: string, now: number): OriginRecord {
  return {
    origin,
    status: 'pending',
    decidedBy: null,
    label: null,
    firstSeenAt: now,
    lastSeenAt: now,
    requests: 0,
    refused: 0,
  }
}

/** The person's own label, else the name of a well-known extension. Only the person's own is stored. */
export function withName(record: OriginRecord): OriginRecord {
  return { ...record, label: record.label ?? knownName(record.origin) }
}
