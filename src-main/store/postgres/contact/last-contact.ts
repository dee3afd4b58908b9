import type { Lease, Moment } from './lease.ts'

/** A look comes every two seconds. Without a time of grace, knowledge is too old when one or two are missing. */
const LEAST_MS = 5_000

/**
 * How old this gateway's knowledge is: nobody tells it which keys were closed since its last contact with the database. Asked for
 * each request, because a process that was stopped for ten minutes runs its requests as soon as its timers.
 */
export class LastContact {
  readonly #lease: Pick<Lease, 'moment' | 'ageOf' | 'limitOf'>
  #last: Moment = { steady: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY, graceMs: 0 }
  #isFailing = false

  constructor(lease: Pick<Lease, 'moment' | 'ageOf' | 'limitOf'>) {
    this.#lease = lease
  }

  /** Call before a look: what it finds may be as old as this. */
  begin(): Moment {
    return this.#lease.moment()
  }

  reached(begun: Moment): void {
    this.#last = begun
    this.#isFailing = false
  }

  failed(): void {
    this.#isFailing = true
  }

  /** ms UTC. */
  get at(): number {
    return this.#last.wall
  }

  /** How long this gateway may go on from the last contact. */
  get limitMs(): number {
    const granted = this.#lease.limitOf(this.#last)
    return this.#isFailing ? granted : Math.max(granted, LEAST_MS)
  }

  /** How long it may still go on: ms, negative afterwards. */
  get restMs(): number {
    return this.limitMs - this.#lease.ageOf(this.#last)
  }

  get isTooOld(): boolean {
    return this.restMs < 0
  }
}
