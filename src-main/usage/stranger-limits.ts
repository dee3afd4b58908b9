import type { Exchange } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'

/** An exchange for the store. */
export interface Recorded {
  readonly exchange: Exchange
  /** False if the exchange is only summed and gets no row of its own. */
  readonly kept: boolean
}

const ROWS_PER_QUARTER = 2000

/**
 * Limits the rows of requests without a key. Anyone can send thousands a second, which would fill the disk. All of them
 * are counted, but only the first rows of each quarter hour are kept.
 */
export class StrangerLimits {
  #quarter = 0
  #rows = 0

  limit(exchange: Exchange): Recorded {
    if (exchange.keyId !== null) return { exchange, kept: true }
    const quarter = Math.floor(exchange.time / QUARTER_MS)
    if (quarter > this.#quarter) {
      this.#quarter = quarter
      this.#rows = 0
    }
    this.#rows += 1
    return { exchange, kept: this.#rows <= ROWS_PER_QUARTER }
  }
}
