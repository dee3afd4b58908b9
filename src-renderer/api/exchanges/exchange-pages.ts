import type { InfiniteData, QueryKey } from '@tanstack/react-query'
import { type Exchange, type ExchangeFilter, fitsFilter } from '#shared/gateway/exchange.ts'

/** The query key of the lists, followed by the filter. Below `exchanges`, which actions do not refetch. */
export const EXCHANGE_LISTS = ['exchanges', 'list'] as const

/** The filter in the query key of a list. */
export function filterIn(key: QueryKey): ExchangeFilter {
  return key[EXCHANGE_LISTS.length] as ExchangeFilter
}

/** Exchanges per page. */
export const PAGE_SIZE = 200
/** A longer list drops rows from its end, where scrolling loads them again. */
const MOST_ROWS = 20_000
const ROWS_KEPT = 10_000

export type ExchangePages = InfiniteData<Exchange[], string | undefined>

/** Inserts the fresh exchanges that fit the filter into the pages by their time. The first page has the newest. */
export function insertFresh(data: ExchangePages, filter: ExchangeFilter, fresh: readonly Exchange[]): ExchangePages {
  const fitting = fresh.filter((exchange) => fitsFilter(exchange, filter))
  if (fitting.length === 0) return data
  const pages = data.pages.map((page, index) => mergePage(page, fitting, boundsOf(data.pages, index)))
  return shorten({ ...data, pages })
}

/** The range of times that belong on a page: down to its last row, up to the last row of the page before. */
function boundsOf(pages: readonly Exchange[][], index: number): { from: number; to: number } {
  const isLast = index === pages.length - 1
  const to = index === 0 ? Infinity : (pages[index - 1]?.at(-1)?.time ?? Infinity)
  // A full last page can have a next page, which brings everything older.
  if (isLast && (pages[index]?.length ?? 0) < PAGE_SIZE) return { from: -Infinity, to }
  return { from: pages[index]?.at(-1)?.time ?? -Infinity, to }
}

function mergePage(page: Exchange[], fresh: readonly Exchange[], { from, to }: { from: number; to: number }) {
  const known = new Set(page.map((exchange) => exchange.id))
  const added = fresh.filter(({ id, time }) => time >= from && time < to && !known.has(id))
  return added.length === 0 ? page : [...added, ...page].sort((one, other) => other.time - one.time)
}

function shorten(data: ExchangePages): ExchangePages {
  const rows = data.pages.flat()
  if (rows.length <= MOST_ROWS) return data
  return { pages: [rows.slice(0, ROWS_KEPT)], pageParams: [undefined] }
}
