import { answerOf, askedKinds, knownKinds } from './answers.ts'
import { Budget } from './budget.ts'
import { type DnsMessage, type DnsRecord, isSameRecord, writeResponse } from './dns-message.ts'
import { type Link, MDNS_PORT, type Sender } from './link.ts'
import { ANNOUNCED_KINDS, RECORD_KINDS, type RecordKind, type ServiceRecords } from './service-records.ts'

/** RFC 6762, section 6: how often a record may be sent to everyone, however often it is asked for. */
const GAP_MS = 1_000
/** The same, in answers to somebody who is about to take the name. */
const DEFENCE_GAP_MS = 250
/** Answers of several computers to one question should not collide. */
const SHARED_DELAY_MS = { from: 20, to: 120 }
/** A truncated query: its known answers are still to come. */
const TRUNCATED_DELAY_MS = { from: 400, to: 500 }
const TOGETHER_MS = 20
const LEGACY_TTL_S = 10
const MOST_LEGACY_PER_SECOND = 10

/** Answers questions on one link. However many come, it sends each record at most four times a second. */
export class Responder {
  readonly link: Link
  /** When each is to be sent, in ms of performance.now(). */
  readonly #pending = new Map<RecordKind, number>()
  readonly #sentAt = new Map<RecordKind, number>()
  readonly #legacy = new Budget(MOST_LEGACY_PER_SECOND)
  #records: ServiceRecords | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(link: Link) {
    this.link = link
  }

  /** What it answers with. Undefined: it is silent, because the names are not certain. */
  set records(records: ServiceRecords | undefined) {
    this.#records = records
    if (records === undefined) this.#clear()
  }

  /** Answers a query. */
  take(query: DnsMessage, from: Sender): void {
    const records = this.#records
    if (records === undefined) return
    if (query.questions.length === 0) for (const kind of knownKinds(query, records)) this.#pending.delete(kind)
    const kinds = askedKinds(query, records)
    if (kinds.length === 0) return
    if (from.port !== MDNS_PORT) return this.#answerAlone(query, from, kinds, records)
    const isProbe = query.authorities.length > 0
    this.#queue(kinds, isProbe ? 0 : delayFor(query, kinds), isProbe ? DEFENCE_GAP_MS : GAP_MS)
  }

  /** Sends a record again that somebody else withdrew. */
  keep(withdrawn: readonly DnsRecord[]): void {
    const records = this.#records
    if (records === undefined) return
    const kinds = RECORD_KINDS.filter((kind) =>
      records[kind].some((record) => withdrawn.some((other) => isSameRecord(other, record))),
    )
    if (kinds.length > 0) this.#queue(kinds, between(SHARED_DELAY_MS), GAP_MS)
  }

  /** Sends all records now. Resolves to the error, if any. */
  announce(): Promise<Error | undefined> {
    return this.#send(ANNOUNCED_KINDS)
  }

  close(): void {
    this.#clear()
    this.link.close()
  }

  #queue(kinds: readonly RecordKind[], delayMs: number, gapMs: number): void {
    const now = performance.now()
    for (const kind of kinds) {
      // Not dropped: who asks just after an answer may have begun to listen just after it.
      const due = Math.max(now + delayMs, (this.#sentAt.get(kind) ?? Number.NEGATIVE_INFINITY) + gapMs)
      this.#pending.set(kind, Math.min(due, this.#pending.get(kind) ?? due))
    }
    this.#wake()
  }

  #wake(): void {
    clearTimeout(this.#timer)
    if (this.#pending.size === 0) return
    const due = Math.min(...this.#pending.values())
    this.#timer = setTimeout(() => this.#answer(), Math.max(0, due - performance.now()))
    this.#timer.unref()
  }

  #answer(): void {
    // Answers that are due almost at once go along.
    const soon = performance.now() + TOGETHER_MS
    const kinds = [...this.#pending].filter(([, due]) => due <= soon).map(([kind]) => kind)
    for (const kind of kinds) this.#pending.delete(kind)
    if (kinds.length > 0) void this.#send(kinds)
    this.#wake()
  }

  #send(kinds: readonly RecordKind[]): Promise<Error | undefined> {
    if (this.#records === undefined) return Promise.resolve(undefined)
    for (const kind of kinds) this.#sentAt.set(kind, performance.now())
    return this.link.send(writeResponse(answerOf(kinds, this.#records)))
  }

  /** A program without multicast DNS asked from another port, and understands only plain DNS (RFC 6762, section 6.7). */
  #answerAlone(
    { id, questions }: DnsMessage,
    from: Sender,
    kinds: readonly RecordKind[],
    records: ServiceRecords,
  ): void {
    if (!this.#legacy.spend()) return
    const { answers, additionals } = answerOf(kinds, records)
    const plain = (record: DnsRecord) => ({ ...record, ttl: LEGACY_TTL_S, flush: false })
    const message = {
      id,
      questions: questions.slice(0, 1),
      answers: answers.map(plain),
      additionals: additionals.map(plain),
    }
    void this.link.sendTo(writeResponse(message), from)
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#pending.clear()
  }
}

/** Records that others have too. */
const SHARED_KINDS: readonly RecordKind[] = ['types', 'pointer', 'consoleTypes', 'consolePointer']

function delayFor({ isTruncated, questions }: DnsMessage, kinds: readonly RecordKind[]): number {
  if (isTruncated) return between(TRUNCATED_DELAY_MS)
  const othersAnswerToo = questions.length > 1 || kinds.some((kind) => SHARED_KINDS.includes(kind))
  return othersAnswerToo ? between(SHARED_DELAY_MS) : 0
}

function between({ from, to }: { from: number; to: number }): number {
  return from + Math.random() * (to - from)
}
