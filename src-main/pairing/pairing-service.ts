import {
  MOST_DEVICE_PAIRINGS,
  MOST_PAIRINGS,
  PAIRING_MS,
  type PairingApproval,
  type PairingChange,
  type PairingChoice,
  type PairingOutcome,
  type PairingRequest,
  pairingCode,
} from '#shared/pairing/pairing.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkVisible } from '#shared/text/visible-text.ts'
import { AskLimits } from './ask-limits.ts'
import type { Approval, Caller, NewPairing, Pairing } from './held-pairing.ts'
import { RecentAnswers } from './recent-answers.ts'
import { newPairingCode, newToken, type RandomBytes } from './secrets.ts'

/** How long an approved app may take to fetch its key. */
const FETCH_MS = 60_000

export interface PairingServiceOptions {
  /**
   * Milliseconds since 1970-01-01 UTC. Only for display: all decisions use `monotonic`, which a change of the clock
   * does not affect.
   */
  readonly now: () => number
  /** Milliseconds from an arbitrary start. */
  readonly monotonic: () => number
  readonly randomBytes: RandomBytes
  readonly onQuestion: (request: PairingRequest) => void
  readonly onChange: (change: PairingChange) => void
}

type Held = { -readonly [F in keyof Pairing]: Pairing[F] }

/**
 * Holds the requests of apps until they are answered and fetched, or have expired. They are in memory only, so a
 * restart ends them all.
 */
export class PairingService {
  readonly #options: PairingServiceOptions
  readonly #limits: AskLimits
  /** By id, oldest first. */
  readonly #held = new Map<string, Held>()
  readonly #answers: RecentAnswers
  #timer: NodeJS.Timeout | undefined

  constructor(options: PairingServiceOptions) {
    this.#options = options
    this.#limits = new AskLimits(options)
    this.#answers = new RecentAnswers(options)
  }

  /** The requests that wait for the person, oldest first. */
  list(): PairingRequest[] {
    this.#sweep()
    return [...this.#held.values()].filter(({ state }) => state === 'open').map((held) => this.#view(held))
  }

  /**
   * Counts a request of a caller before any work for it. If too many are open, or the caller or all callers ask too
   * often, it counts nothing and returns the milliseconds to wait.
   */
  admit(caller: Caller): number {
    this.#sweep()
    return this.#waitForRoom(caller) || this.#limits.take(caller)
  }

  /**
   * Opens a request, which replaces an earlier one of the same asker. If too many are open, returns the milliseconds to
   * wait.
   */
  ask(asked: NewPairing): Pairing | number {
    this.#sweep()
    const now = this.#options.monotonic()
    // Checked again, because the slot depends on the program behind the connection, which is known only now.
    const wait = this.#waitForRoom({ slot: asked.slot, device: asked.asker.device })
    if (wait > 0) return wait
    this.#replace(asked.slot)
    const isSilent = this.#answers.isSilent(asked.slot)
    const held: Held = {
      ...asked,
      id: newToken(this.#options.randomBytes).slice(0, 16),
      code: newPairingCode(this.#options.randomBytes, (code) => this.#isShown(code)),
      askedAt: this.#options.now(),
      endsAt: now + PAIRING_MS,
      state: isSilent ? 'declined' : 'open',
      approval: undefined,
    }
    this.#held.set(held.id, held)
    this.#watch()
    if (held.state === 'open') this.#options.onQuestion(this.#view(held))
    return held
  }

  /** The request of this holder; undefined if it does not exist or has ended. */
  find(holder: string): Pairing | undefined {
    this.#sweep()
    return this.#of(holder)
  }

  /** Throws a PersonError if the request has ended, was answered, or has another code. */
  approve({ id, code, preset, name }: PairingApproval): void {
    if (name !== undefined) checkVisible(name)
    const held = this.#answerable({ id, code })
    held.state = 'approved'
    held.approval = { preset, name: name ?? held.name }
    held.endsAt = this.#options.monotonic() + FETCH_MS
    this.#watch()
    this.#answers.remember(id, 'approved')
    this.#tell(id, 'approved')
  }

  /** Throws like `approve`. The app does not learn of it: its request ends when it would have expired. */
  decline(choice: PairingChoice): void {
    const held = this.#answerable(choice)
    held.state = 'declined'
    this.#answers.silence(held.slot)
    this.#answers.remember(held.id, 'declined')
    this.#tell(held.id, 'declined')
  }

  /**
   * Gives an approved request a new holder: the code that the app's page passes on. The app must then fetch the key in
   * time.
   */
  pass(pairing: Pairing, holder: string): void {
    const held = this.#held.get(pairing.id)
    if (held?.state !== 'approved') return
    held.holder = holder
    held.endsAt = this.#options.monotonic() + FETCH_MS
    this.#watch()
  }

  /** Starts to create the key of an approved request. Returns undefined if another call was first. */
  take(pairing: Pairing): Approval | undefined {
    this.#sweep()
    const held = this.#held.get(pairing.id)
    if (held?.state !== 'approved') return undefined
    held.state = 'taken'
    return held.approval
  }

  /** The key could not be created. The app may try again. */
  giveBack(pairing: Pairing): void {
    const held = this.#held.get(pairing.id)
    if (held?.state === 'taken') held.state = 'approved'
  }

  /** The app has its key; `null` if the key did not reach it. */
  finish(pairing: Pairing, keyId: string | null): void {
    if (this.#held.delete(pairing.id)) this.#tell(pairing.id, keyId === null ? 'abandoned' : 'connected', keyId)
  }

  /** Ends a request because its app did something that the rightful program would not do. */
  drop(pairing: Pairing): void {
    const held = this.#held.get(pairing.id)
    if (held !== undefined && held.state !== 'taken') this.#end(held, 'abandoned')
  }

  /** Ends the requests of an origin that the person blocked. A key that is being made is not ended: it is of no use. */
  block(origin: string): void {
    this.#endThose('blocked', (held) => held.asker.origin === origin)
  }

  /**
   * Ends all requests, because pairing was switched off or Latchkey stops. A key that is being created is not affected.
   */
  endAll(): void {
    this.#endThose('expired', () => true)
  }

  #endThose(outcome: PairingOutcome, isMeant: (held: Held) => boolean): void {
    for (const held of this.#held.values()) if (held.state !== 'taken' && isMeant(held)) this.#end(held, outcome)
    this.#watch()
  }

  /** Finds a request by hash. The time of the comparison reveals nothing about the secret behind a hash. */
  #of(holder: string): Held | undefined {
    return [...this.#held.values()].find((held) => held.holder === holder)
  }

  #isShown(code: string): boolean {
    return [...this.#held.values()].some((held) => held.code === code)
  }

  /**
   * Milliseconds until an open request expires; 0 if there is room, or if the new request replaces an old one of the
   * same slot.
   */
  #waitForRoom({ slot, device }: Caller): number {
    if (this.#answers.isSilent(slot)) return 0
    const others = [...this.#held.values()].filter((held) => held.state === 'open' && held.slot !== slot)
    const ofDevices = device === null ? [] : others.filter(({ asker }) => asker.device !== null)
    return Math.max(this.#waitForEnd(others, MOST_PAIRINGS), this.#waitForEnd(ofDevices, MOST_DEVICE_PAIRINGS))
  }

  #waitForEnd(open: readonly Held[], most: number): number {
    if (open.length < most) return 0
    return Math.max(1, Math.min(...open.map(({ endsAt }) => endsAt)) - this.#options.monotonic())
  }

  #replace(slot: string): void {
    for (const held of this.#held.values()) {
      if (held.slot !== slot || held.state === 'taken') continue
      this.#end(held, held.state === 'approved' ? 'abandoned' : 'replaced')
    }
  }

  #answerable({ id, code }: PairingChoice): Held {
    this.#sweep()
    const held = this.#held.get(id)
    if (held?.state !== 'open') throw this.#answers.refusalOf(id)
    if (held.code !== pairingCode(code)) {
      throw new PersonError(
        'pairing_code_wrong',
        'This code does not belong to the request. Compare it with the code that the app shows.',
      )
    }
    return held
  }

  #view({ id, code, asker, name, askedAt, endsAt }: Held): PairingRequest {
    const { now, monotonic } = this.#options
    return { id, code, asker, name, askedAt, endsAt: Math.round(now() + endsAt - monotonic()) }
  }

  /** Ends expired requests. A declined request ends without an event, because the person already answered it. */
  #sweep(): void {
    const now = this.#options.monotonic()
    for (const held of this.#held.values()) {
      if (now < held.endsAt || held.state === 'taken') continue
      this.#end(held, held.state === 'approved' ? 'abandoned' : 'expired')
    }
    this.#answers.sweep()
  }

  #end(held: Held, outcome: PairingOutcome): void {
    this.#held.delete(held.id)
    if (held.state === 'declined') return
    if (held.state === 'open') this.#answers.remember(held.id, outcome)
    this.#tell(held.id, outcome)
  }

  #tell(id: string, outcome: PairingOutcome, keyId: string | null = null): void {
    this.#options.onChange({ id, outcome, keyId })
  }

  /** Sets one timer for the next request that expires; none without requests. */
  #watch(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = [...this.#held.values()].filter(({ state }) => state !== 'taken')
    if (waiting.length === 0) return
    const next = Math.min(...waiting.map(({ endsAt }) => endsAt))
    const look = () => {
      this.#sweep()
      this.#watch()
    }
    // A timer can fire up to a millisecond early.
    this.#timer = setTimeout(look, Math.max(1, next - this.#options.monotonic() + 1)).unref()
  }
}
