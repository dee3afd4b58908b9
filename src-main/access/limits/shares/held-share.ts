import type { LimitUse, ShareAnswer, ShareAsk, SharedLimit, ShareLease } from '../../ports.ts'

/** A share that is not used goes back after this time. */
const IDLE_MS = 1_500
/** A gateway reports what it uses so often: others see it, and tokens stay spent if this gateway dies. */
const REPORT_MS = 2_000
/** Tokens are reported at least so often while a whole limit is spent. */
const REPORTS = 64
/** After an answer without a share. A signal that there is room comes sooner. */
const RETRY_MS = 1_000
const SOUGHT_MS = 2_000
/** A gateway does not take back sooner what it gave to another one, or both would take it in turns. */
const LEFT_MS = 10_000
/** A request that was refused for want of a share asks so often, because its client tries again. */
const MOST_TRIES = 3

export interface HeldShareOptions {
  readonly of: SharedLimit
  readonly limit: number
  /** Tokens of today that this gateway used before the limit was set. */
  readonly usedBefore: number
  readonly lease: ShareLease
}

/**
 * This gateway's share of one limit, as a capacity: of the requests of any 60 s, of the requests that run, or of the tokens of a
 * day. It is raised only after the table has it, and lowered before the table is, so that the gateway never uses more than the
 * others count as its own.
 */
export class HeldShare {
  readonly of: SharedLimit
  readonly #lease: ShareLease
  #limit: number
  #share = 0
  #epoch = -1
  /** Spent by this gateway, but counted for a dead one: others took its share back meanwhile. */
  #folded = 0
  #before: number
  #reported = 0
  #reportedAt = 0
  #elsewhere = 0
  /** Unknown at first, and then likely: a key was just made, or a day has just begun. */
  #claimed = 0
  #first = 0
  #isAsked = false
  #wantsMore = false
  #isStarving = false
  /** Until then another gateway is known to refuse requests for want of a share. */
  #soughtUntil = 0
  #leftUntil = 0
  #tries = 0
  #askAfter = 0
  #idleSince: number | undefined
  /** The limit is gone: everything goes back. */
  isOver = false

  constructor({ of, limit, usedBefore, lease }: HeldShareOptions) {
    this.of = of
    this.#limit = limit
    this.#before = usedBefore
    this.#lease = lease
  }

  get elsewhere(): number {
    return this.#elsewhere
  }

  set elsewhere(used: number) {
    this.#elsewhere = Math.max(0, used - this.#folded)
  }

  /** False until the share has been asked for. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /**
   * What this gateway may use. Without a share it may use one request while others are known to have left room. Sets
   * `wantsMore` if half of the share is used.
   */
  capacity(limit: number, busy: number): number {
    this.follow(limit)
    const used = busy - this.#folded
    const share = this.#isValid() ? Math.min(this.#share, limit) : 0
    if (2 * (used + 1) >= share) {
      this.#wantsMore = true
      this.#tries = 0
    }
    if (used >= share) this.#isStarving = true
    const borrowed = share === 0 && used <= 0 && this.#room() > 0 && this.#lease.isNear() ? 1 : 0
    return this.#folded + share + borrowed
  }

  /** Call when the limit may have changed. What all have together is looked up anew then. */
  follow(limit: number): void {
    if (limit !== this.#limit) this.#isAsked = false
    this.#limit = limit
    this.isOver = false
  }

  /** True if the request that was just judged makes a move necessary. */
  get wantsMore(): boolean {
    return this.#wantsMore
  }

  /** True if requests were refused for want of a share. */
  get isStarving(): boolean {
    return this.#isStarving
  }

  /** True if the database is about to answer an ask for more. False after one in vain, until it is time for the next. */
  isOnItsWay(at: number): boolean {
    return this.#wantsMore && at >= this.#askAfter && this.#lease.isNear()
  }

  /** `at` is in monotonic ms. */
  needsMove(busy: number, at: number): boolean {
    if (!this.#isAsked || this.isOver) return true
    const used = busy - this.#folded
    this.#noteIdle(used, at)
    if (this.#kept(used, at) < this.#share || !this.#isValid()) return true
    if (at >= this.#askAfter && (this.#asksForMore(at) || this.#isBelowFirst(at))) return true
    return used !== this.#reported && (at - this.#reportedAt >= REPORT_MS || this.hasMuchToReport(busy))
  }

  /** If a gateway is killed, others spend the tokens that it has not reported a second time. */
  hasMuchToReport(busy: number): boolean {
    return this.of.kind === 'tokens' && (busy - this.#folded - this.#reported) * REPORTS >= this.#limit
  }

  /** True as long as something can happen to the share without a request. */
  isActive(busy: number, at: number): boolean {
    const used = busy - this.#folded
    if (!this.#isAsked || this.isOver || this.#asksForMore(at) || at < this.#soughtUntil) return true
    if (at < this.#leftUntil && this.#share < this.#first) return true
    if (used !== this.#reported || this.#claimed > this.#limit) return true
    return this.#share > Math.max(this.#first, 2 * used) || (this.of.kind !== 'tokens' && used > 0)
  }

  /** Gives up what it does not keep, and says what to write. */
  ask(use: LimitUse, at: number): ShareAsk {
    const busy = Math.max(0, use.busy - this.#folded)
    this.#noteIdle(busy, at)
    this.#share = this.#isValid() ? this.#kept(busy, at) : 0
    const wants = this.isOver
      ? 'nothing'
      : this.#asksForMore(at)
        ? 'more'
        : this.#isBelowFirst(at)
          ? 'first'
          : 'nothing'
    const isStarving = this.#isStarving && wants === 'more'
    // The answer may be in vain.
    this.#wantsMore = isStarving && ++this.#tries < MOST_TRIES
    this.#isStarving = this.#wantsMore
    this.#soughtUntil = 0
    this.#isAsked = true
    const used = Math.max(0, use.used - this.#folded)
    const before = this.of.kind === 'tokens' ? this.#before : 0
    return { ...this.of, limit: this.#limit, keep: this.#share, busy, used, before, wants, isStarving }
  }

  /** `epoch` is that of the lease when the ask was sent. */
  take(ask: ShareAsk, answer: ShareAnswer, epoch: number, at: number): void {
    this.#folded += answer.countedElsewhere
    this.#before = this.#reported = ask.busy - answer.countedElsewhere
    this.#reportedAt = at
    this.#elsewhere = Math.max(0, answer.elsewhere - this.#folded)
    this.#claimed = answer.claimed
    this.#first = answer.first
    // A share that was granted before the lease ended may be somebody else's by now.
    this.#epoch = epoch
    this.#share = answer.share
    const isInVain = ask.wants === 'more' && ask.isStarving && answer.share <= ask.keep
    this.#askAfter = isInVain || answer.claimed > this.#limit ? at + RETRY_MS : at
    if (answer.share > ask.keep) this.#idleSince = undefined
    if (answer.share <= ask.busy) return
    this.#wantsMore = false
    this.#isStarving = false
  }

  /** The database did not answer. What was given up stays given up. */
  fail(ask: ShareAsk, at: number): void {
    this.#askAfter = at + RETRY_MS
    this.#reportedAt = at
    if (ask.wants === 'more') this.#wantsMore = true
  }

  /** True if this gateway has what each gets of the limit before it uses it. */
  get hasFirst(): boolean {
    return this.#share > 0 && this.#share >= this.#first
  }

  /** Looks up what is left, although nobody has said that it has changed. */
  askAgain(): void {
    this.#isAsked = false
    this.#askAfter = 0
  }

  /** Another gateway needs some of this. */
  seek(at: number): void {
    this.#soughtUntil = at + SOUGHT_MS
    this.#leftUntil = at + LEFT_MS
  }

  isSought(at: number): boolean {
    return at < this.#soughtUntil
  }

  becomeFull(): void {
    this.#claimed = Math.max(this.#claimed, this.#limit)
  }

  becomeFree(): void {
    this.#claimed = Math.min(this.#claimed, this.#limit - 1)
    this.#askAfter = 0
  }

  #isValid(): boolean {
    return this.#epoch === this.#lease.epoch && this.#lease.isValid()
  }

  #room(): number {
    return Math.max(0, this.#limit - this.#claimed)
  }

  /** Gateways that refuse requests come first when little is left. When nothing is left, the others give back what they do not use. */
  #asksForMore(at: number): boolean {
    return this.#wantsMore && (this.#isStarving || (this.#room() > 0 && at >= this.#leftUntil))
  }

  #isBelowFirst(at: number): boolean {
    if (!this.#isAsked) return true
    return this.#share < this.#first && this.#room() > 0 && at >= this.#leftUntil
  }

  #noteIdle(used: number, at: number): void {
    if (4 * used >= this.#share) this.#idleSince = undefined
    else this.#idleSince ??= at
  }

  /** A gateway never gives back what is busy. */
  #kept(used: number, at: number): number {
    const busy = Math.min(Math.max(0, used), this.#share)
    if (this.isOver) return busy
    let kept = Math.min(this.#share, this.#limit)
    if (this.#claimed > this.#limit && at >= this.#askAfter) kept = Math.floor((kept * this.#limit) / this.#claimed)
    const isIdle = this.#idleSince !== undefined && at - this.#idleSince >= IDLE_MS
    if (isIdle) kept = Math.min(kept, Math.max(this.#first, 2 * used))
    if (at < this.#soughtUntil) kept = Math.min(kept, busy + Math.floor((kept - busy) / 2))
    return Math.max(busy, kept)
  }
}
