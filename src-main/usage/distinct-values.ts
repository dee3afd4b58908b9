import type { Exchange } from '#shared/gateway/exchange.ts'
import { OTHER, RECORDED_TEXTS, STRANGERS_PER_DAY } from '#shared/records/recorded-text.ts'

export interface DistinctValuesOptions {
  readonly now: () => number
  /** Whether a person has decided about a site: it is told by its name whatever else calls. */
  readonly isDecided: (origin: string) => boolean
}

type BoundField = 'model' | 'origin' | 'userAgent'

const PER_DAY: Readonly<Record<BoundField, number>> = {
  model: RECORDED_TEXTS.exchange.model.perDay,
  origin: RECORDED_TEXTS.exchange.origin.perDay,
  userAgent: RECORDED_TEXTS.exchange.userAgent.perDay,
}
const DAY_MS = 86_400_000
/** A caller whose requests are refused leaves the other half to those that are answered. */
const PART_OF_REFUSED = 0.5

/** The values that one key, or one address without a key, has had today. */
type Seen = Record<BoundField, Set<string>>

/**
 * Bounds how many different models, sites and programs one caller can bring into the records of a day (UTC): each of them
 * is a row of the sums for ever. What is beyond is recorded as `other`. In memory only: after a restart a caller has the
 * whole number again, but no caller can cause a restart.
 */
export class DistinctValues {
  readonly #options: DistinctValuesOptions
  #day = 0
  readonly #byKey = new Map<string, Seen>()
  readonly #byAddress = new Map<string, Seen>()
  #ofStrangers = 0

  constructor(options: DistinctValuesOptions) {
    this.#options = options
  }

  /** The exchange as it is recorded: the same object where all of its values have room. */
  bound(exchange: Exchange, address: string): Exchange {
    this.#turnTo(Math.floor(this.#options.now() / DAY_MS))
    const { keyId } = exchange
    const seen = keyId === null ? this.#seenOf(this.#byAddress, address) : this.#seenOf(this.#byKey, keyId)
    const model = this.#valueOf('model', seen, exchange)
    const origin = this.#valueOf('origin', seen, exchange)
    const userAgent = this.#valueOf('userAgent', seen, exchange)
    if (model === exchange.model && origin === exchange.origin && userAgent === exchange.userAgent) return exchange
    return { ...exchange, model, origin, userAgent }
  }

  #valueOf(field: BoundField, seen: Seen, exchange: Exchange): string | null {
    const value = exchange[field]
    if (value === null || seen[field].has(value)) return value
    if (field === 'origin' && this.#options.isDecided(value)) return value
    return this.#add(seen[field], PER_DAY[field], value, exchange) ? value : OTHER
  }

  #add(values: Set<string>, perDay: number, value: string, { outcome, keyId }: Exchange): boolean {
    const room = outcome === 'refused' && keyId !== null ? perDay * PART_OF_REFUSED : perDay
    if (values.size >= room) return false
    if (keyId === null && this.#ofStrangers >= STRANGERS_PER_DAY) return false
    if (keyId === null) this.#ofStrangers += 1
    values.add(value)
    return true
  }

  /** Keys are made by the person; addresses are not, so that they are bounded as well. */
  #seenOf(all: Map<string, Seen>, name: string): Seen {
    const known = all.get(name)
    if (known !== undefined) return known
    const seen = { model: new Set<string>(), origin: new Set<string>(), userAgent: new Set<string>() }
    if (all === this.#byKey || all.size < STRANGERS_PER_DAY) all.set(name, seen)
    return seen
  }

  #turnTo(day: number): void {
    if (day === this.#day) return
    this.#day = day
    this.#ofStrangers = 0
    this.#byKey.clear()
    this.#byAddress.clear()
  }
}
