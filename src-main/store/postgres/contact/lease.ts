/** A moment by two clocks. The first does not go on while the computer sleeps, and the second can be set. */
export interface Moment {
  readonly steady: number
  readonly wall: number
  /** How long this gateway may go on from then. */
  readonly graceMs: number
}

export interface LeaseOptions {
  /** How long this gateway may go on without the database. */
  readonly graceMs: () => number
  /** Milliseconds that never go back. */
  readonly steady: () => number
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
}

/** A database that has answered within this time counts as near. */
const NEAR_MS = 10_000

/**
 * The time for which this gateway may use what others count as its own. It is over when either clock says so: a process that was
 * stopped, or a computer that slept, finds that out before it uses anything.
 */
export class Lease {
  readonly #options: LeaseOptions
  #since: Moment = { steady: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY, graceMs: 0 }
  #epoch = 0

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Another number after the lease has ended, also if it was renewed since. */
  get epoch(): number {
    return this.#epoch
  }

  /** Call it before the database is asked, because its answer can be late. */
  moment(): Moment {
    const { steady, now, graceMs } = this.#options
    return { steady: steady(), wall: now(), graceMs: graceMs() }
  }

  /** The database has extended the lease of this gateway; `asked` is when it was asked. */
  renew(asked: Moment): void {
    if (!this.isValid()) this.#epoch += 1
    this.#since = asked
  }

  /** The database has let the lease end, and has begun a new one. */
  restart(asked: Moment): void {
    this.#epoch += 1
    this.#since = asked
  }

  isValid(): boolean {
    return this.ageOf(this.#since) < this.limitOf(this.#since)
  }

  isNear(): boolean {
    return this.ageOf(this.#since) < Math.min(NEAR_MS, this.limitOf(this.#since))
  }

  /** How long this gateway may go on from a moment. A longer grace is valid only once the database knows it. */
  limitOf({ graceMs }: Moment): number {
    return Math.min(graceMs, this.#options.graceMs())
  }

  /** ms since then, by the clock that says more. */
  ageOf(moment: Moment): number {
    const { steady, now } = this.#options
    return Math.max(steady() - moment.steady, now() - moment.wall)
  }
}
