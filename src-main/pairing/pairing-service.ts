import {
  type PairingApproval,
  type PairingChoice,
  type PairingOutcome,
  type PairingRequest,
} from '#shared/pairing/pairing.ts'
import type { PairingDecision, PairingRows, StoredPairing } from '#shared/pairing/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkVisible } from '#shared/text/visible-text.ts'
import type { Log } from '../base/log.ts'
import { SpacedLook } from '../base/spaced-look.ts'
import { AskLimits } from './ask-limits.ts'
import {
  approve,
  ask,
  closePage,
  type Decide,
  decline,
  endThose,
  erase,
  finish,
  giveBack,
  pass,
  take,
} from './decisions.ts'
import type { Approval, Caller, NewPairing, Pairing } from './held-pairing.ts'
import { KnownPairings, type KnownPairingsOptions } from './known-pairings.ts'
import { forgettable, isLive, waitForRoom } from './life.ts'
import type { PairingStore } from './ports.ts'
import type { RandomBytes } from './secrets.ts'

export interface PairingServiceOptions extends KnownPairingsOptions {
  /** null: no other gateway answers these apps. The requests are then in memory only, so a restart ends them all. */
  readonly store: PairingStore | null
  readonly randomBytes: RandomBytes
  /** True if the person has blocked the origin. */
  readonly isBlocked: (origin: string) => boolean
  readonly log: Pick<Log, 'warn'>
}

/** A key that an app got, a site that asked, or all. */
export type Subject = { readonly key: string } | { readonly origin: string } | 'everything'

/**
 * Holds the requests of apps until they are answered and fetched, or have expired. With a shared database they are the same at
 * all gateways, and every change rejects with a PersonError (`database_away`, `database_unsure`) if it could not be stored.
 */
export class PairingService {
  readonly #options: PairingServiceOptions
  readonly #limits: AskLimits
  readonly #known: KnownPairings
  readonly #spaced: SpacedLook | null
  /** How the hand-over of a key ended, by the request's id, while the database is away. */
  readonly #unsettled = new Map<string, Decide<void>>()

  constructor(options: PairingServiceOptions) {
    this.#options = options
    this.#limits = new AskLimits(options)
    this.#known = new KnownPairings(options)
    const { store, monotonic } = options
    this.#spaced = store === null ? null : new SpacedLook({ monotonic, look: () => store.look() })
  }

  /** The requests that wait for the person, oldest first. */
  list(): PairingRequest[] {
    return this.#known.list()
  }

  /**
   * Counts a request of a caller before any work for it. If too many are open, or the caller or all callers ask too
   * often, it counts nothing and returns the milliseconds to wait.
   */
  admit(caller: Caller): number {
    const placed = { ...caller, slot: this.#placed(caller) }
    return waitForRoom(this.#known.rows(), placed, this.#options.monotonic()) || this.#limits.take(caller)
  }

  /**
   * Opens a request, which replaces an earlier one of the same asker. If too many are open, resolves to the milliseconds to
   * wait: the slot depends on the program behind the connection, which is known only now.
   */
  ask(asked: Omit<NewPairing, 'computer'>): Promise<Pick<Pairing, 'code'> | number> {
    const { computer, randomBytes } = this.#options
    const slot = this.#placed({ slot: asked.slot, device: asked.asker.device })
    return this.#change(ask({ ...asked, slot, computer }, randomBytes))
  }

  /** The request of this holder; undefined if it does not exist or has ended. */
  find(holder: string): Promise<Pairing | undefined> {
    return this.#findAnywhere(() => this.#live().find((row) => row.holder === holder))
  }

  /** The request of this page of the code grant, also if it has ended. */
  findPage(page: string): Promise<Pairing | undefined> {
    const isOfPage = ({ client }: Pairing) => client.grant === 'code' && client.page === page
    return this.#findAnywhere(() => this.#known.rows().findLast(isOfPage))
  }

  isLive(pairing: Pairing): boolean {
    return isLive(pairing, this.#options.monotonic())
  }

  /** Rejects with a PersonError if the request has ended, was answered, or has another code. */
  async approve(approval: PairingApproval): Promise<void> {
    if (approval.name !== undefined) checkVisible(approval.name)
    await this.#change(approve(approval))
  }

  /** Rejects like `approve`. */
  async decline(choice: PairingChoice): Promise<void> {
    await this.#change(decline(choice))
  }

  /** Gives an approved request of a page a new holder. Resolves to false if the page has its answer already. */
  pass(pairing: Pairing, holder: string): Promise<boolean> {
    return this.#change(pass(pairing, holder))
  }

  /** Notes that a page whose request ended without a key gets this answer. Resolves to false if it has its answer already. */
  closePage(pairing: Pairing): Promise<boolean> {
    return this.#change(closePage(pairing))
  }

  /** Starts to create the key of an approved request. Resolves to undefined if another call was first. */
  take(pairing: Pairing): Promise<Approval | undefined> {
    return this.#change(take(pairing))
  }

  /** The key could not be created. The app may try again. */
  giveBack(pairing: Pairing): Promise<void> {
    return this.#settle(pairing, giveBack(pairing))
  }

  /** The app has its key; `null` if the key did not reach it. */
  finish(pairing: Pairing, keyId: string | null): Promise<void> {
    return this.#settle(pairing, finish(pairing, keyId))
  }

  /** Ends a request because its app did something that the rightful program would not do. */
  drop({ id }: Pairing): Promise<void> {
    return this.#endThose('abandoned', (row) => row.id === id)
  }

  /** Ends the requests of an origin that the person blocked. A key that is being made is not ended: it is of no use. */
  block(origin: string): Promise<void> {
    return this.#endThose('blocked', ({ asker }) => asker.origin === origin)
  }

  /** Ends all requests, because pairing was switched off or Latchkey stops. */
  endAll(): Promise<void> {
    return this.#endThose('expired', () => true)
  }

  /** Removes all that is known of the requests that are meant, except of a key that is being created. */
  async forget(what: Subject): Promise<void> {
    const isMeant = ({ keyId, asker }: StoredPairing) => {
      if (what === 'everything') return true
      return 'key' in what ? keyId === what.key : asker.origin === what.origin
    }
    if (this.#known.rows().some(isMeant)) await this.#change(erase(isMeant))
  }

  /** Takes over what other gateways have changed. `isWhole`: these are all rows there are. */
  follow({ isWhole, ...read }: PairingRows & { readonly isWhole: boolean }): void {
    if (isWhole) this.#known.clear()
    this.#takeOver(read)
  }

  /** Writes what could not be written while the database was away. */
  async onDatabaseBack(): Promise<void> {
    const waiting = [...this.#unsettled]
    this.#unsettled.clear()
    this.#endBlocked(this.#live())
    for (const [id, decide] of waiting) await this.#settle({ id }, decide)
  }

  /** With other gateways the requests go on there. */
  async close(): Promise<void> {
    if (this.#options.store === null) await this.endAll()
    this.#known.close()
  }

  /** The same program on two computers is two askers. */
  #placed({ slot, device }: Caller): string {
    const { computer } = this.#options
    return device === null && computer !== '' ? `${computer} ${slot}` : slot
  }

  #live(): StoredPairing[] {
    const now = this.#options.monotonic()
    return this.#known.rows().filter((row) => isLive(row, now))
  }

  /** A browser or an app can be faster than the news from the gateway that it asked before. */
  async #findAnywhere(find: () => Pairing | undefined): Promise<Pairing | undefined> {
    const found = find()
    if (found !== undefined || this.#spaced === null) return found
    await this.#spaced.look()
    return find()
  }

  async #endThose(outcome: PairingOutcome, isMeant: (row: StoredPairing) => boolean): Promise<void> {
    // Each gateway that learns of a blocked site comes here. Most find nothing to do.
    if (this.#live().some(isMeant)) await this.#change(endThose(outcome, isMeant))
  }

  /** A key was handed over or not, whether that can be written down or not. Never rejects because the database is away. */
  async #settle({ id }: Pick<Pairing, 'id'>, decide: Decide<void>): Promise<void> {
    try {
      await this.#change(decide)
    } catch (err) {
      if (!(err instanceof PersonError)) throw err
      this.#options.log.warn({ err }, 'could not store yet whether an app has received its key')
      this.#unsettled.set(id, decide)
    }
  }

  /** Without other gateways this happens within the call. */
  async #change<T>(decide: Decide<T>): Promise<T> {
    const { store } = this.#options
    const decideAll = (rows: readonly StoredPairing[], now: number): PairingDecision<T> => ({
      ...decide(rows, now),
      remove: forgettable(rows, now),
    })
    if (store !== null) {
      const { result, ...written } = await store.change(decideAll)
      this.#takeOver(written)
      return result
    }
    const now = this.#options.monotonic()
    const { put, result } = decideAll(this.#known.rows(), now)
    this.#takeOver({ rows: put, now })
    return result
  }

  #takeOver(read: PairingRows): void {
    this.#known.put(read)
    this.#endBlocked(read.rows)
  }

  /** The site may have been blocked at another gateway at the moment when it asked here. */
  #endBlocked(rows: readonly StoredPairing[]): void {
    for (const { state, asker } of rows) {
      if (state === 'ended' || asker.origin === null || !this.#options.isBlocked(asker.origin)) continue
      void this.#tryToEndBlocked(asker.origin)
    }
  }

  async #tryToEndBlocked(origin: string): Promise<void> {
    try {
      await this.block(origin)
    } catch (err) {
      this.#options.log.warn({ err }, 'could not end the requests of a blocked site')
    }
  }
}
