import { QueryClient, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { cursorAfter, type Exchange, type ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { DeletedKey } from '#shared/keys/key.ts'
import { isOperator } from '#shared/people/role.ts'
import type { Dimension, Period } from '#shared/usage/usage.ts'
import { ApiError, call } from './client.ts'
import { EXCHANGE_LISTS, type ExchangePages, insertFresh, PAGE_SIZE } from './exchanges/exchange-pages.ts'
import { mergeExchanges } from './exchanges/merge-exchanges.ts'
import { pushedExchanges } from './exchanges/pushed-exchanges.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    // The core is on this computer, so the browser's offline state does not matter.
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

/** Below `keys` in the cache, because the same event announces changes. */
export const useDeletedKeys = () =>
  useQuery({ queryKey: ['keys', 'deleted'], queryFn: () => call('GET /api/keys/deleted', {}) })

/** Existing and deleted keys. */
export function useKeysEver(): readonly DeletedKey[] {
  return [...(useKeys().data ?? []), ...(useDeletedKeys().data ?? [])]
}

/** The person who looks at the pages. */
export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => call('GET /api/me', {}) })

/** True if the person manages this Latchkey; the others see only what is theirs. False until the person is known. */
export function useIsOperator(): boolean {
  const me = useMe().data
  return me !== undefined && isOperator(me.role)
}

/** Everybody who uses this Latchkey, the owner first. Only for operators, like origins and settings. */
export const usePeople = () =>
  useQuery({ queryKey: ['people'], queryFn: () => call('GET /api/people', {}), enabled: useIsOperator() })

/** What all keys of a person share, and what is left of it. Everybody's for operators, for others their own. */
export const useQuotas = () => useQuery({ queryKey: ['quotas'], queryFn: () => call('GET /api/people/quotas', {}) })

export const useOrigins = () =>
  useQuery({ queryKey: ['origins'], queryFn: () => call('GET /api/origins', {}), enabled: useIsOperator() })

/** The latest exchanges. Includes those from events, because the recorder can be a second late. */
export const useExchanges = () =>
  useQuery({
    queryKey: ['exchanges'],
    queryFn: async ({ client }) => mergeExchanges(await call('GET /api/exchanges', {}), pushedExchanges(client)),
  })

/** The exchanges that fit a filter, newest first, in pages. Events insert new exchanges. */
export const useExchangeList = (filter: ExchangeFilter) =>
  useInfiniteQuery<Exchange[], Error, ExchangePages, QueryKey, string | undefined>({
    queryKey: [...EXCHANGE_LISTS, filter],
    queryFn: async ({ client, pageParam }) => {
      if (pageParam !== undefined) return call('GET /api/exchanges', { ...filter, limit: PAGE_SIZE, before: pageParam })
      const page = await call('GET /api/exchanges', { ...filter, limit: PAGE_SIZE })
      // The answer lacks exchanges of events that arrived after the request.
      return insertFresh({ pages: [page], pageParams: [undefined] }, filter, pushedExchanges(client)).pages[0] ?? page
    },
    initialPageParam: undefined,
    getNextPageParam: (page) => {
      const last = page.at(-1)
      return last === undefined || page.length < PAGE_SIZE ? undefined : cursorAfter(last)
    },
    // A list is loaded again when it is opened, because events update only the lists in use.
    gcTime: 0,
  })

/** How other devices connect, and which ones did. The event `lan` announces changes. */
export const useLan = (enabled = true) =>
  useQuery({ queryKey: ['lan'], queryFn: () => call('GET /api/lan', {}), enabled })

export const useSettings = () =>
  useQuery({ queryKey: ['settings'], queryFn: () => call('GET /api/settings', {}), enabled: useIsOperator() })

export interface UsagePart {
  /** ms UTC; `to` is excluded. */
  from?: number
  to?: number
  /** The id of a person, whose usage alone is meant. */
  person?: string
}

/** A usage report in days of this browser's time zone. */
export const useUsage = (period: Period, by: Dimension, part: UsagePart = {}) =>
  useQuery({
    queryKey: ['usage', period, by, part],
    queryFn: () => call('GET /api/usage', { period, by, timeZone: ownTimeZone(), ...part }),
    placeholderData: (before) => before,
  })

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
