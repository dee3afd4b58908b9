import type { Exchange } from '#shared/gateway/exchange.ts'

/** The default limit of `GET /api/exchanges`. */
const LATEST_LIMIT = 100

/** Joins two lists, newest first, without duplicates, at most 100. */
export function mergeExchanges(fresh: readonly Exchange[], before: readonly Exchange[]): Exchange[] {
  const seen = new Set(fresh.map((exchange) => exchange.id))
  const all = [...fresh, ...before.filter((exchange) => !seen.has(exchange.id))]
  return all.sort((a, b) => b.time - a.time).slice(0, LATEST_LIMIT)
}
