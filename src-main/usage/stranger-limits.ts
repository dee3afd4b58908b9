import type { Exchange } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'

/** An exchange as it goes to the store. */
export interface Recorded {
  readonly exchange: Exchange
  /** False: it is added to the sums, and its own row is not kept. */
  readonly kept: boolean
}

const ROWS_PER_QUARTER = 2000

/**
 * What requests without a key may leave on the disk. Anyone can send thousands a second; without a limit they would fill
 * the disk. They are all counted, but of a flood only the first rows of each quarter hour are kept.
 */
export function createStrangerLimits(): (exchange: Exchange) => Recorded {
  let quarter = 0
  let rows = 0
  return (exchange) => {
    if (exchange.keyId !== null) return { exchange, kept: true }
    const current = Math.floor(exchange.time / QUARTER_MS)
    if (current > quarter) {
      quarter = current
      rows = 0
    }
    rows += 1
    return { exchange, kept: rows <= ROWS_PER_QUARTER }
  }
}
