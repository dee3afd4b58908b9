import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import { cursorAfter, type Exchange, type ExchangeFilter } from '#shared/gateway/exchange.ts'
import { call } from './client.ts'
import { EXCHANGE_LISTS, type ExchangePages, insertFresh, PAGE_SIZE } from './exchanges/exchange-pages.ts'
import { toldExchanges } from './exchanges/pushed-exchanges.ts'

/** The exchanges that fit, newest first, page by page into the past; what happens meanwhile appears by itself. */
export const useExchangeList = (filter: ExchangeFilter) =>
  useInfiniteQuery<Exchange[], Error, ExchangePages, QueryKey, string | undefined>({
    queryKey: [...EXCHANGE_LISTS, filter],
    queryFn: async ({ client, pageParam }) => {
      if (pageParam !== undefined) return call('GET /api/exchanges', { ...filter, limit: PAGE_SIZE, before: pageParam })
      const page = await call('GET /api/exchanges', { ...filter, limit: PAGE_SIZE })
      // What was told while the answer was on its way is not in it.
      return insertFresh({ pages: [page], pageParams: [undefined] }, filter, toldExchanges(client)).pages[0] ?? page
    },
    initialPageParam: undefined,
    getNextPageParam: (page) => {
      const last = page.at(-1)
      return last === undefined || page.length < PAGE_SIZE ? undefined : cursorAfter(last)
    },
    // Each list is asked for anew when it is opened: nothing brings it up to date while nobody looks.
    gcTime: 0,
  })
