import type { Log } from '../../../base/log.ts'
import { Sequencer } from '../../../base/sequencer.ts'
import type { LimitKind, LimitUse, SharedLimit, ShareSignals, ShareStore } from '../../ports.ts'
import type { Limited } from '../counters.ts'
import { HeldShare } from './held-share.ts'
import type { LimitShares, ShareSource, SharesByKind } from './limit-shares.ts'
import { ShareMover } from './share-mover.ts'

type Whose = SharedLimit['whose']

export interface HeldSharesOptions {
  readonly store: ShareStore
  /** The beginning of the current local day: ms UTC. */
  readonly today: () => number
  /** This gateway's use of a limit. */
  readonly useOf: (whose: Whose, kind: LimitKind, id: string) => LimitUse
  /** Tokens that a key or a person has used since a time (ms UTC), at all gateways. */
  readonly tokensSince: (whose: Whose, id: string, since: number) => Promise<number>
  /** All keys and persons. */
  readonly limited: () => Iterable<{ readonly whose: Whose; readonly who: Limited }>
  readonly log: Pick<Log, 'warn'>
}

/** The console asks for this more often than it changes. */
const REFRESH_MS = 1_000
const NO_USE: LimitUse = { used: 0, busy: 0 }

/**
 * This gateway's shares of the limits that it has in common with others.
 *
 * With N gateways, what all use together exceeds a limit by at most N - 1 requests of a minute, or at the same time: one at each
 * gateway that has no share when the request comes, and that has not heard yet that nothing is left. A limit of at least 2 N is
 * not exceeded once each gateway has its first share. Tokens of a day exceed it by what one gateway alone may exceed it by
 * (`TokenBudgets`), once for each gateway.
 */
export class HeldShares implements LimitShares {
  readonly #options: HeldSharesOptions
  readonly #mover: ShareMover
  readonly #held: Record<Whose, Record<LimitKind, Map<string, HeldShare>>> = {
    key: { requests: new Map(), tokens: new Map(), concurrency: new Map() },
    person: { requests: new Map(), tokens: new Map(), concurrency: new Map() },
  }
  readonly key: SharesByKind
  readonly person: SharesByKind
  readonly #stopListening: () => void
  readonly #counting = new Sequencer()
  #isLookDue = false
  #refreshedAt = Number.NEGATIVE_INFINITY

  constructor(options: HeldSharesOptions) {
    this.#options = options
    const { store, useOf, log } = options
    this.#mover = new ShareMover({
      store,
      useOf: ({ of }) => (this.#isOfToday(of) ? useOf(of.whose, of.kind, of.id) : NO_USE),
      begun: (share) => this.#countEarlier(share.of),
      dropped: (share) => this.#drop(share),
      log,
    })
    this.key = this.#sources('key')
    this.person = this.#sources('person')
    this.#stopListening = store.onSignals({
      heard: (signals) => this.#hear(signals),
      missed: () => this.#lookAgain(),
    })
  }

  /** Asks for first shares. Resolves when they are here, so that requests find them; without them if the database is away. */
  begin(): Promise<void> {
    this.#lookNow()
    return this.#mover.settle()
  }

  /** Call when keys or persons have changed: asks for first shares of new limits, and gives back those of removed ones. */
  look(): void {
    if (this.#isLookDue) return
    this.#isLookDue = true
    setImmediate(() => {
      this.#isLookDue = false
      this.#lookNow()
    })
  }

  /**
   * For a request that was refused for want of a share, while more of it is on its way: resolves to true when it is here, and to
   * false after a quarter of a second. undefined if none is on its way. All other requests never wait for shares.
   */
  moreSoon(keyId: string, personId: string): Promise<boolean> | undefined {
    const at = performance.now()
    for (const share of this.#sharesOf(keyId, personId)) {
      if (share.isStarving && share.isOnItsWay(at)) return this.#mover.more(share)
    }
    return undefined
  }

  /** Brings up to date what other gateways use. While the database is away, it stays as last known. */
  async refresh(): Promise<void> {
    if (performance.now() - this.#refreshedAt < REFRESH_MS) return
    this.#refreshedAt = performance.now()
    const used = await this.#options.store.useElsewhere().catch((err: unknown) => {
      this.#options.log.warn({ err }, 'could not read what other gateways use of limits')
    })
    if (used === undefined) return
    for (const share of this.#all()) share.elsewhere = 0
    for (const limit of used) {
      const share = this.#held[limit.whose][limit.kind].get(limit.id)
      if (share?.of.period === limit.period) share.elsewhere = limit.used
    }
  }

  /** Resolves to false if another gateway has warned the person today. */
  claimWarning(personId: string): Promise<boolean> {
    return this.#options.store.claimWarning(personId, this.#options.today())
  }

  /** Reports what was used. Call it when no request runs any more. */
  async close(): Promise<void> {
    this.#stopListening()
    await this.#mover.stop()
  }

  #sources(whose: Whose): SharesByKind {
    return {
      requests: this.#source(whose, 'requests'),
      tokens: this.#source(whose, 'tokens'),
      concurrency: this.#source(whose, 'concurrency'),
    }
  }

  #source(whose: Whose, kind: LimitKind): ShareSource {
    const held = this.#held[whose][kind]
    const find = (id: string) => {
      const share = held.get(id)
      return share !== undefined && this.#isOfToday(share.of) ? share : undefined
    }
    return {
      of: (id, limit, busy) => {
        const share = find(id) ?? this.#add(whose, kind, id, limit)
        const capacity = share.capacity(limit, busy)
        if (share.wantsMore) this.#mover.wake(share)
        else this.#mover.watch(share)
        return capacity
      },
      elsewhere: (id) => find(id)?.elsewhere ?? 0,
      changed: (id) => {
        const share = find(id)
        if (share === undefined) return
        const { busy } = this.#options.useOf(whose, kind, id)
        if (share.isSought(performance.now()) || share.hasMuchToReport(busy)) this.#mover.wake(share)
        else this.#mover.watch(share)
      },
    }
  }

  /** A new day has new shares of tokens. */
  #add(whose: Whose, kind: LimitKind, id: string, limit: number): HeldShare {
    const held = this.#held[whose][kind]
    const before = held.get(id)
    if (before !== undefined) this.#endShare(before)
    const period = kind === 'tokens' ? this.#options.today() : 0
    const { store, useOf } = this.#options
    const usedBefore = useOf(whose, kind, id).used
    const share = new HeldShare({ of: { whose, kind, id, period }, limit, usedBefore, lease: store.lease })
    held.set(id, share)
    return share
  }

  /** A limit that is set at noon counts the morning, too. The other gateways leave out what they spent then. */
  #countEarlier(limit: SharedLimit): void {
    if (limit.kind !== 'tokens') return
    const { store, tokensSince, useOf, log } = this.#options
    const count = async () => {
      const earlier =
        (await tokensSince(limit.whose, limit.id, limit.period)) - useOf(limit.whose, 'tokens', limit.id).used
      if (earlier > 0) await store.addSpent(limit, earlier)
    }
    this.#counting.queue(count).catch((err: unknown) => log.warn({ err }, 'could not count today’s tokens of a limit'))
  }

  #endShare(share: HeldShare): void {
    share.isOver = true
    this.#mover.wake(share)
  }

  #drop(share: HeldShare): void {
    const { whose, kind, id } = share.of
    if (this.#held[whose][kind].get(id) === share) this.#held[whose][kind].delete(id)
  }

  #lookNow(): void {
    const seen = new Set<HeldShare>()
    for (const { whose, who } of this.#options.limited()) {
      this.#lookAt(seen, whose, 'requests', who.id, who.requestsPerMinute)
      this.#lookAt(seen, whose, 'tokens', who.id, who.tokensPerDay)
      this.#lookAt(seen, whose, 'concurrency', who.id, who.concurrency)
    }
    for (const share of this.#all()) if (!seen.has(share)) this.#endShare(share)
  }

  #lookAt(seen: Set<HeldShare>, whose: Whose, kind: LimitKind, id: string, limit: number | null): void {
    if (limit === null) return
    const known = this.#held[whose][kind].get(id)
    const share = known !== undefined && this.#isOfToday(known.of) ? known : this.#add(whose, kind, id, limit)
    share.follow(limit)
    seen.add(share)
    if (!share.isAsked) this.#mover.wake(share)
  }

  #hear({ starving, full, room }: ShareSignals): void {
    const at = performance.now()
    for (const share of this.#named(full)) share.becomeFull()
    for (const share of this.#named(starving)) share.seek(at)
    for (const share of this.#named(room)) share.becomeFree()
    for (const share of this.#named([...starving, ...room])) this.#mover.wake(share)
  }

  /** There may be room again for shares that were asked for in vain. */
  #lookAgain(): void {
    for (const share of this.#all()) {
      if (share.hasFirst) continue
      share.askAgain()
      this.#mover.wake(share)
    }
  }

  *#named(names: readonly string[]): Iterable<HeldShare> {
    for (const name of names) {
      const [, whose, kind, id = ''] = /^(key|person):(requests|tokens|concurrency):(.*)$/.exec(name) ?? []
      if (whose === undefined) continue
      const share = this.#held[whose as Whose][kind as LimitKind].get(id)
      if (share !== undefined) yield share
    }
  }

  *#sharesOf(keyId: string, personId: string): Iterable<HeldShare> {
    for (const held of Object.values(this.#held.key)) yield* found(held.get(keyId))
    for (const held of Object.values(this.#held.person)) yield* found(held.get(personId))
  }

  *#all(): Iterable<HeldShare> {
    for (const kinds of Object.values(this.#held)) for (const held of Object.values(kinds)) yield* held.values()
  }

  #isOfToday({ kind, period }: SharedLimit): boolean {
    return kind !== 'tokens' || period === this.#options.today()
  }
}

function found(share: HeldShare | undefined): readonly HeldShare[] {
  return share === undefined ? [] : [share]
}
