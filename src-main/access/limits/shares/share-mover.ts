import type { Log } from '../../../base/log.ts'
import type { LimitUse, ShareStore } from '../../ports.ts'
import type { HeldShare } from './held-share.ts'

export interface ShareMoverOptions {
  readonly store: Pick<ShareStore, 'move' | 'lease'>
  /** This gateway's use of a limit. */
  readonly useOf: (share: HeldShare) => LimitUse
  /** Called for a share of a limit that no gateway has asked about before. */
  readonly begun: (share: HeldShare) => void
  /** Called for a share that was given back because its limit is over. */
  readonly dropped: (share: HeldShare) => void
  readonly log: Pick<Log, 'warn'>
}

/** Shares that can still change without a request are looked at so often. While there is none, no timer runs. */
const LOOK_MS = 1_000
/** So many rows are locked at once. */
const MOST_AT_ONCE = 500
/** A request waits so long for a share. Moves take some milliseconds, and twice as long if another gateway must give back first. */
const LONGEST_WAIT_MS = 250

/** Moves shares in the background, in batches, one at a time. Only a request that would be refused waits for it, in `more`. */
export class ShareMover {
  readonly #options: ShareMoverOptions
  /** Those to look at in a moment. */
  readonly #woken = new Set<HeldShare>()
  /** Those to look at every second. */
  readonly #active = new Set<HeldShare>()
  readonly #waiting = new Map<HeldShare, PromiseWithResolvers<boolean>>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isScheduled = false
  #isStopped = false

  constructor(options: ShareMoverOptions) {
    this.#options = options
  }

  /** Looks at a share in a moment. */
  wake(share: HeldShare): void {
    this.#woken.add(share)
    this.#schedule()
  }

  /** Resolves when what was woken so far has been asked for. Never rejects. */
  async settle(): Promise<void> {
    this.#run(this.#woken)
    await this.#running
  }

  /** Looks at a share every second until nothing can happen to it any more. */
  watch(share: HeldShare): void {
    this.#active.add(share)
    this.#lookLater()
  }

  /** Resolves to true when a share has become larger, and to false after a quarter of a second. */
  more(share: HeldShare): Promise<boolean> {
    const waiting = this.#waiting.get(share)
    if (waiting !== undefined) return waiting.promise
    const more = Promise.withResolvers<boolean>()
    this.#waiting.set(share, more)
    const timer = setTimeout(() => this.#endWait(share, false), LONGEST_WAIT_MS)
    return more.promise.finally(() => clearTimeout(timer))
  }

  /** Reports what was used last. Nothing may be admitted any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
    const rest = [...this.#active]
    for (let from = 0; from < rest.length; from += MOST_AT_ONCE) await this.#move(rest.slice(from, from + MOST_AT_ONCE))
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isStopped) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#run(this.#woken)
    })
  }

  #lookLater(): void {
    if (this.#timer !== undefined || this.#isStopped) return
    const look = () => {
      this.#timer = undefined
      this.#run(this.#active)
    }
    this.#timer = setTimeout(look, LOOK_MS).unref()
  }

  /** What is asked for meanwhile waits until this batch is answered. */
  #run(shares: Set<HeldShare>): void {
    if (this.#isStopped) return
    for (const share of shares) this.#woken.add(share)
    this.#running ??= this.#moveWoken().finally(() => {
      this.#running = undefined
      if (this.#woken.size > 0) this.#schedule()
      if (this.#active.size > 0) this.#lookLater()
    })
  }

  async #moveWoken(): Promise<void> {
    const at = performance.now()
    const due: HeldShare[] = []
    for (const share of this.#woken) {
      const { busy } = this.#options.useOf(share)
      if (share.needsMove(busy, at)) due.push(share)
      if (share.isActive(busy, at)) this.#active.add(share)
      else this.#active.delete(share)
    }
    this.#woken.clear()
    for (let from = 0; from < due.length; from += MOST_AT_ONCE) await this.#move(due.slice(from, from + MOST_AT_ONCE))
  }

  async #move(shares: readonly HeldShare[]): Promise<void> {
    if (shares.length === 0) return
    const { store, useOf, log } = this.#options
    const { epoch } = store.lease
    const asked = shares.map((share) => ({ share, ask: share.ask(useOf(share), performance.now()) }))
    try {
      const answers = await store.move(asked.map(({ ask }) => ask))
      for (const [index, { share, ask }] of asked.entries()) {
        const answer = answers[index]
        if (answer !== undefined) share.take(ask, answer, epoch, performance.now())
        if (answer?.isFirstOfAll === true) this.#options.begun(share)
        if (!share.isStarving) this.#endWait(share, true)
        this.#follow(share)
      }
    } catch (err) {
      for (const { share, ask } of asked) share.fail(ask, performance.now())
      log.warn({ err }, 'could not move shares of limits')
    }
  }

  #endWait(share: HeldShare, isHere: boolean): void {
    this.#waiting.get(share)?.resolve(isHere)
    this.#waiting.delete(share)
  }

  #follow(share: HeldShare): void {
    if (share.isOver) {
      this.#active.delete(share)
      this.#options.dropped(share)
    } else this.#active.add(share)
  }
}
