import { QueryClient, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { cursorAfter, type Exchange, type ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { DeletedKey } from '#shared/keys/key.ts'
import type { Dimension, Period } from '#shared/usage/usage.ts'
import { ApiError, call } from './client.ts'
import { EXCHANGE_LISTS, type ExchangePages, insertFresh, PAGE_SIZE } from './exchanges/exchange-pages.ts'
import { mergeExchanges } from './exchanges/merge-exchanges.ts'
import { pushedExchanges } from './exchanges/pushed-exchanges.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    // The core is on this computer: a browser that believes itself offline must still ask it.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      retry: (_, error) => !(error instanceof ApiError),
      retryDelay: 1_000,
    },
  },
})

export const useAppState = () => useQuery({ queryKey: ['state'], queryFn: () => call('GET /api/state', {}) })

export const useKeys = () => useQuery({ queryKey: ['keys'], queryFn: () => call('GET /api/keys', {}) })

/** Below `keys`, because the event that tells of a change is the same. */
export const useDeletedKeys = () =>
  useQuery({ queryKey: ['keys', 'deleted'], queryFn: () => call('GET /api/keys/deleted', {}) })

/** Those that are there, and those that were. */
export function useKeysEver(): readonly DeletedKey[] {
  return [...(useKeys().data ?? []), ...(useDeletedKeys().data ?? [])]
}

export const useOrigins = () => useQuery({ queryKey: ['origins'], queryFn: () => call('GET /api/origins', {}) })

/** Joined with what events have already told: the recorder may not have written the last second yet. */
export const useExchanges = () =>
  useQuery({
    queryKey: ['exchanges'],
    queryFn: async ({ client }) => mergeExchanges(await call('GET /api/exchanges', {}), pushedExchanges(client)),
  })

/** The exchanges that fit, newest first, page by page into the past; what happens meanwhile appears by itself. */
export const useExchangeList = (filter: ExchangeFilter) =>
  useInfiniteQuery<Exchange[], Error, ExchangePages, QueryKey, string | undefined>({
    queryKey: [...EXCHANGE_LISTS, filter],
    queryFn: async ({ client, pageParam }) => {
      if (pageParam !== undefined) return call('GET /api/exchanges', { ...filter, limit: PAGE_SIZE, before: pageParam })
      const page = await call('GET /api/exchanges', { ...filter, limit: PAGE_SIZE })
      // What was told while the answer was on its way is not in it.
      return insertFresh({ pages: [page], pageParams: [undefined] }, filter, pushedExchanges(client)).pages[0] ?? page
    },
    initialPageParam: undefined,
    getNextPageParam: (page) => {
      const last = page.at(-1)
      return last === undefined || page.length < PAGE_SIZE ? undefined : cursorAfter(last)
    },
    // Each list is asked for anew when it is opened: nothing brings it up to date while nobody looks.
    gcTime: 0,
  })

export const useSettings = () => useQuery({ queryKey: ['settings'], queryFn: () => call('GET /api/settings', {}) })

/** Cut into days of this browser's time zone: the one on the person's clock. With `from` (ms UTC) about that range. */
export const useUsage = (period: Period, by: Dimension, range: { from?: number; to?: number } = {}) =>
  useQuery({
    queryKey: ['usage', period, by, range],
    queryFn: () => call('GET /api/usage', { period, by, timeZone: ownTimeZone(), ...range }),
    placeholderData: (before) => before,
  })

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
