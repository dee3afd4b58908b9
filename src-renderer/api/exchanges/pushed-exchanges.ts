import type { QueryClient } from '@tanstack/react-query'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { mergeExchanges } from './merge-exchanges.ts'

const told = new WeakMap<QueryClient, readonly Exchange[]>()

/** What events have told of since everything was read anew: an answer that is on its way may lack it. */
export function pushedExchanges(client: QueryClient): readonly Exchange[] {
  return told.get(client) ?? []
}

export function addPushed(client: QueryClient, fresh: readonly Exchange[]): void {
  told.set(client, mergeExchanges(fresh, pushedExchanges(client)))
}

/** To be called when what was told before may be of another database. */
export function clearPushed(client: QueryClient): void {
  told.delete(client)
}
