import type { Refusal } from '#shared/gateway/decisions.ts'
import type { OriginRecord, OriginStatus, UnknownOrigins } from '#shared/origins/origin.ts'
import {
  MAX_UNDECIDED_ORIGINS,
  MOST_QUESTIONS,
  QUESTIONS_PER_DAY,
  RECORDED_TEXTS,
} from '#shared/records/recorded-text.ts'
import { knownName } from './known-extensions.ts'
import { NewcomerLimits } from './newcomer-limits.ts'

interface OriginRegistryOptions {
  readonly records: readonly OriginRecord[]
  readonly now: () => number
  readonly changed: () => void
  /** Called when the person should decide about this origin: once, until it is forgotten. */
  readonly asked: (record: OriginRecord) => void
}

type OriginCounts = Pick<OriginRecord, 'origin' | 'requests' | 'refused' | 'lastSeenAt'>

/** An origin in memory. */
export interface OriginEntry {
  record: OriginRecord
  /** The number of requested blocks. An approval takes effect only if no block followed it. */
  blocks: number
  /** What was decided before a block that is not written yet; null if the origin was not known. */
  beforeBlock: Decision | null | undefined
}

type Decision = Pick<OriginRecord, 'status' | 'decidedBy'>

/** Origins whose record changed since the last write. */
interface Unwritten {
  /** New origins, and origins with changed counts. */
  readonly seen: Set<string>
  /** Known origins for which the policy now gives another result. */
  readonly judgedAnew: Set<string>
}

/**
 * All stored origins, and the policy for those without a decision. In memory only.
 *
 * Only requests with a valid key add an origin, but a program with a key can invent origins. So memory, the file and
 * the number of questions have limits, in total and per key. Origins beyond the limits are judged but not stored.
 */
export class OriginRegistry {
  readonly #options: OriginRegistryOptions
  readonly #entries = new Map<string, OriginEntry>()
  #unwritten: Unwritten = { seen: new Set(), judgedAnew: new Set() }
  #undecided = 0
  #pending = 0
  readonly #newcomers: NewcomerLimits

  constructor(options: OriginRegistryOptions) {
    this.#options = options
    this.#newcomers = new NewcomerLimits({ now: options.now })
    this.reset(options.records)
  }

  /** Replaces all origins by these. */
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

  /** The person's name for an origin, or that of a well-known extension; null if there is none. */
  nameOf(origin: string): string | null {
    return this.#entries.get(origin)?.record.label ?? knownName(origin)
  }

  /** True only if a person blocked it. An unknown origin may present its key under any policy. */
  isBlocked(origin: string): boolean {
    const record = this.#entries.get(origin)?.record
    return record?.status === 'blocked' && record.decidedBy === 'person'
  }

  /** True if a person has decided about it. */
  isDecided(origin: string): boolean {
    return this.#entries.get(origin)?.record.decidedBy === 'person'
  }

  /**
   * Judges an origin whose request has a valid key. A person's decision takes precedence; the policy decides about all
   * other origins, and their record shows its last result:
   * - `key`: the key is sufficient; stored as allowed by key.
   * - `ask`: `origin_not_approved` until a person decides, also for origins that a key allowed before.
   * - `block`: `origin_blocked`; stored, so that a person can allow it.
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

  /** Counts an exchange of a stored origin. */
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

  /** Adds requests that others have counted. */
  addSeen({ origin, requests, refused, lastSeenAt }: OriginCounts): void {
    const entry = this.#entries.get(origin)
    if (entry === undefined) return
    const { record } = entry
    entry.record = {
      ...record,
      lastSeenAt: Math.max(record.lastSeenAt, lastSeenAt),
      requests: record.requests + requests,
      refused: record.refused + refused,
    }
  }

  /** Replaces an origin's record and keeps its entry. */
  put(record: OriginRecord): OriginEntry {
    const known = this.#entries.get(record.origin)
    if (known !== undefined) this.#tally(known.record, -1)
    const entry = known ?? { record, blocks: 0, beforeBlock: undefined }
    entry.record = record
    entry.beforeBlock = undefined
    this.#tally(record, 1)
    this.#entries.set(record.origin, entry)
    return entry
  }

  /** Blocks an origin before that is written. */
  block(record: OriginRecord): void {
    const known = this.#entries.get(record.origin)
    const { status, decidedBy } = known?.record ?? record
    const before = known?.beforeBlock === undefined ? ((known && { status, decidedBy }) ?? null) : known.beforeBlock
    const entry = this.put({ ...record, status: 'blocked', decidedBy: 'person' })
    entry.beforeBlock = before
    entry.blocks += 1
  }

  /** Notes what was written while a block is not. */
  decidedBeforeBlock({ origin, status, decidedBy }: OriginRecord): void {
    const entry = this.#entries.get(origin)
    if (entry?.beforeBlock !== undefined) entry.beforeBlock = { status, decidedBy }
  }

  /** Takes back a block that was not written. Does nothing if the origin has been decided about since. */
  takeBackBlock(origin: string): void {
    const entry = this.#entries.get(origin)
    if (entry?.beforeBlock === null) this.remove(origin)
    else if (entry?.beforeBlock !== undefined) this.put({ ...entry.record, ...entry.beforeBlock })
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

  /** Stores the policy's result. Returns false if it is unchanged or a limit is reached. */
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
    if (record === undefined && this.#undecided >= MAX_UNDECIDED_ORIGINS) return false
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

/** A record for a new origin. */
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

/** Adds the name of a well-known extension if the person set no label. Only the person's label is stored. */
export function withName(record: OriginRecord): OriginRecord {
  const name = record.label === null ? knownName(record.origin) : null
  // Thousands of copies at once would delay streams.
  return name === null ? record : { ...record, label: name }
}
