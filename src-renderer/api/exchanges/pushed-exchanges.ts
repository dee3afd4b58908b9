import type { QueryClient } from '@tanstack/react-query'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { mergeExchanges } from './merge-exchanges.ts'

const pushed = new WeakMap<QueryClient, readonly Exchange[]>()

/** Exchanges from events since the last complete refetch. An answer to an earlier request can lack them. */
export function pushedExchanges(client: QueryClient): readonly Exchange[] {
  return pushed.get(client) ?? []
}

export function addPushed(client: QueryClient, fresh: readonly Exchange[]): void {
  pushed.set(client, mergeExchanges(fresh, pushedExchanges(client)))
}

/** Call this when the earlier exchanges can come from another database. */
export function clearPushed(client: QueryClient): void {
  pushed.delete(client)
}
