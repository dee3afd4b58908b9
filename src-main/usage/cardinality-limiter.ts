import type { Exchange } from '#shared/gateway/exchange.ts'
import { OTHER, RECORDED_TEXTS, STRANGERS_PER_DAY } from '#shared/records/recorded-text.ts'

export interface CardinalityLimiterOptions {
  readonly now: () => number
  /** True if a person has decided about a site. Such a site is always recorded by its name. */
  readonly isDecided: (origin: string) => boolean
}

type BoundField = 'model' | 'origin' | 'userAgent'

const PER_DAY: Readonly<Record<BoundField, number>> = {
  model: RECORDED_TEXTS.exchange.model.perDay,
  origin: RECORDED_TEXTS.exchange.origin.perDay,
  userAgent: RECORDED_TEXTS.exchange.userAgent.perDay,
}
const DAY_MS = 86_400_000
/** The part of a limit that refused requests of a key may use. The rest is for its answered requests. */
const REFUSED_PART = 0.5

/** Today's values of one key, or of one address without a key. */
type Seen = Record<BoundField, Set<string>>

/**
 * Limits how many different models, sites and programs one caller can add to the records per day (UTC), because each is a
 * row of the sums forever. Further values are recorded as `other`. Counts in memory only: a restart resets the counts, but
 * no caller can cause a restart.
 */
export class CardinalityLimiter {
  readonly #options: CardinalityLimiterOptions
  #day = 0
  readonly #byKey = new Map<string, Seen>()
  readonly #byAddress = new Map<string, Seen>()
  #ofStrangers = 0

  constructor(options: CardinalityLimiterOptions) {
    this.#options = options
  }

  /** The exchange to record: the same object if all its values are within the limits. */
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
    const room = outcome === 'refused' && keyId !== null ? perDay * REFUSED_PART : perDay
    if (values.size >= room) return false
    if (keyId === null && this.#ofStrangers >= STRANGERS_PER_DAY) return false
    if (keyId === null) this.#ofStrangers += 1
    values.add(value)
    return true
  }

  /** A person creates the keys. Anybody can have many addresses, so their number is limited too. */
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
