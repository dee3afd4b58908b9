import type { Cut, History, Kill, Look, Register, Request, Value, Write } from '../checker/history.ts'

/** A change that was cut off can still be committed until PostgreSQL gives up its statement. */
const LATE_EFFECT_MS = 20_000

export type Answered<T> = { readonly outcome: 'done'; readonly answer: T } | { readonly outcome: 'refused' | 'unsure' }

interface Change {
  readonly gateway: number
  readonly from: number
  readonly outcome: Write['outcome']
  readonly group?: string
}

/** Writes down what the clients do and see. */
export class Recorder implements History {
  readonly writes: Write[] = []
  readonly requests: Request[] = []
  readonly looks: Look[] = []
  readonly cuts: Cut[] = []
  readonly kills: Kill[] = []
  /** The count of each kind of answer. */
  readonly tally: Record<string, number> = {}

  now(): number {
    return performance.now()
  }

  /** Notes that a request for a change ended now. */
  wrote(values: Readonly<Record<string, Value | undefined>>, { gateway, from, outcome, group }: Change): void {
    const to = this.#endOf(outcome)
    for (const [register, value] of Object.entries(values)) {
      this.writes.push({ register, value, gateway, from, to, outcome, ...(group === undefined ? {} : { group }) })
    }
    this.count(`change ${outcome}`)
  }

  /** A gateway shows a key as disabled while somebody deletes it there, whatever comes of it. */
  closedMeanwhile(register: Register, { gateway, from, outcome }: Change): void {
    this.writes.push({ register, value: false, gateway, from, to: this.#endOf(outcome), outcome: 'refused' })
  }

  /** A change that nobody confirmed can still have an effect a little later. */
  #endOf(outcome: Write['outcome']): number {
    return this.now() + (outcome === 'unsure' ? LATE_EFFECT_MS : 0)
  }

  count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1
  }
}
