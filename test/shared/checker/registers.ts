import type { Bounds, Cut, History, Register, Value, Write } from './history.ts'

/** What registers may have been, by the writes of a history. */
export class Registers {
  readonly #byRegister: Map<Register, Write[]>
  readonly #refused: Map<Register, Write[]>

  constructor(writes: readonly Write[]) {
    const effective = writes.filter(({ outcome }) => outcome !== 'refused')
    const refused = writes.filter(({ outcome }) => outcome === 'refused')
    this.#refused = Map.groupBy(refused, ({ register }) => register)
    this.#byRegister = Map.groupBy(effective, ({ register }) => register)
  }

  names(): Register[] {
    return [...this.#byRegister.keys()]
  }

  has(register: Register): boolean {
    return this.#byRegister.has(register)
  }

  /**
   * All values that a register may have had at any moment from `from` to `to`; undefined stands for a register without a value.
   * A value is over when a later write was confirmed: one that began after its own write had ended.
   */
  possible(register: Register, from: number, to: number): Set<Value | undefined> {
    const writes = this.#byRegister.get(register) ?? []
    const confirmed = writes.filter((write) => write.outcome === 'done' && write.to < from)
    // Whatever was confirmed before this began is over.
    const latestBegin = Math.max(Number.NEGATIVE_INFINITY, ...confirmed.map((write) => write.from))
    const values = writes.filter((write) => write.from <= to && write.to >= latestBegin).map(({ value }) => value)
    return new Set(confirmed.length === 0 ? [undefined, ...values] : values)
  }

  /**
   * The same for one gateway, where something is closed while that is being written. If the database refuses to write it, it is
   * open again.
   */
  possibleAt(gateway: number, register: Register, from: number, to: number, oldest: number): Set<Value | undefined> {
    const tried = (this.#refused.get(register) ?? []).filter((write) => write.gateway === gateway)
    const closing = tried.filter((write) => write.value === false || write.value === undefined)
    const during = closing.filter((write) => write.from <= to && write.to >= from)
    return new Set([...this.possible(register, oldest, to), ...during.map(({ value }) => value)])
  }

  /** The latest change that was confirmed before. */
  lastConfirmed(register: Register, at: number): Write | undefined {
    const confirmed = (this.#byRegister.get(register) ?? []).filter(({ outcome, to }) => outcome === 'done' && to < at)
    return confirmed.toSorted((one, other) => one.from - other.from).at(-1)
  }
}

/** When gateways could reach the database. */
export class Contacts {
  readonly #cuts: readonly Cut[]
  readonly #bounds: Bounds

  constructor({ cuts }: Pick<History, 'cuts'>, bounds: Bounds) {
    this.#cuts = cuts.toSorted((one, other) => one.from - other.from)
    this.#bounds = bounds
  }

  /** The last moment until `at` at which this gateway was certainly in contact. */
  lastContact(gateway: number, at: number): number {
    // Cuts that follow one another before the gateway has recovered are one.
    return this.#beginOfCuts(gateway, at, this.#bounds.recoveryMs)
  }

  /** The oldest state that a gateway may go by at this moment. */
  oldestState(gateway: number, at: number): number {
    return this.lastContact(gateway, at) - this.#bounds.knownWithinMs
  }

  /** How long it was certainly cut off; 0 if it may be in contact. Between two cuts it may have been, however soon they follow. */
  cutFor(gateway: number, at: number): number {
    return at - this.#beginOfCuts(gateway, at, 0)
  }

  /** The begin of the cut at this moment, together with earlier ones that ended at most so long before the next began. */
  #beginOfCuts(gateway: number, at: number, gapMs: number): number {
    let begin = at
    for (const cut of this.#cuts.toReversed()) {
      if (cut.gateway !== undefined && cut.gateway !== gateway) continue
      if (cut.from <= begin && begin <= cut.to + gapMs) begin = cut.from
    }
    return begin
  }
}
