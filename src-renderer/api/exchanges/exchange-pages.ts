import type { InfiniteData, QueryKey } from '@tanstack/react-query'
import { type Exchange, type ExchangeFilter, fitsFilter } from '#shared/gateway/exchange.ts'

/** Where the lists are kept, each by its filter. Below `exchanges`, which what a person does leaves as it is. */
export const EXCHANGE_LISTS = ['exchanges', 'list'] as const

/** The filter of a list by its place. */
export function filterIn(key: QueryKey): ExchangeFilter {
  return key[EXCHANGE_LISTS.length] as ExchangeFilter
}

/** How many exchanges one look further back brings. */
export const PAGE_SIZE = 200
/** More than this in one list is let go of from its end, where they can be asked for again. */
const MOST_ROWS = 20_000
const ROWS_KEPT = 10_000

export type ExchangePages = InfiniteData<Exchange[], string | undefined>

/** Pages of exchanges with what has just been told of, each at its place in time; the newest are in the first page. */
export function insertFresh(data: ExchangePages, filter: ExchangeFilter, fresh: readonly Exchange[]): ExchangePages {
  const told = fresh.filter((exchange) => fitsFilter(exchange, filter))
  if (told.length === 0) return data
  const pages = data.pages.map((page, index) => mergePage(page, told, boundsOf(data.pages, index)))
  return shorten({ ...data, pages })
}

/** The times that belong on a page: those above its end, save what belongs on a page before it. */
function boundsOf(pages: readonly Exchange[][], index: number): { from: number; to: number } {
  const isLast = index === pages.length - 1
  const to = index === 0 ? Infinity : (pages[index - 1]?.at(-1)?.time ?? Infinity)
  // Below a last page that is full there may be more: whatever is older comes with them.
  if (isLast && (pages[index]?.length ?? 0) < PAGE_SIZE) return { from: -Infinity, to }
  return { from: pages[index]?.at(-1)?.time ?? -Infinity, to }
}

function mergePage(page: Exchange[], told: readonly Exchange[], { from, to }: { from: number; to: number }) {
  const known = new Set(page.map((exchange) => exchange.id))
  const added = told.filter(({ id, time }) => time >= from && time < to && !known.has(id))
  return added.length === 0 ? page : [...added, ...page].sort((one, other) => other.time - one.time)
}

function shorten(data: ExchangePages): ExchangePages {
  const rows = data.pages.flat()
  if (rows.length <= MOST_ROWS) return data
  return { pages: [rows.slice(0, ROWS_KEPT)], pageParams: [undefined] }
}
