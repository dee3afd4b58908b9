import { QueryClient, useQuery } from '@tanstack/react-query'
import type { DeletedKey } from '#shared/keys/key.ts'
import type { Dimension, Period } from '#shared/usage/usage.ts'
import { ApiError, call } from './client.ts'
import { mergeExchanges } from './exchanges/merge-exchanges.ts'
import { toldExchanges } from './exchanges/pushed-exchanges.ts'

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
    queryFn: async ({ client }) => mergeExchanges(await call('GET /api/exchanges', {}), toldExchanges(client)),
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
