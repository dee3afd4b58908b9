import type { Query, QueryClient, QueryFilters } from '@tanstack/react-query'

/**
 * Asks again for what the pages show. A later answer that is on its way is broken off, but react-query lets a first one
 * stand for the new one, although it was asked for before whatever has changed: that one is asked for once more.
 */
export function refetch(client: QueryClient, filters: QueryFilters = {}): void {
  const overtaken = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter(({ state }) => state.data === undefined)
  void client.invalidateQueries(filters)
  for (const query of overtaken) void askAfterwards(client, query)
}

async function askAfterwards(client: QueryClient, query: Query): Promise<void> {
  const only: QueryFilters = { predicate: (each) => each === query }
  // Joins the answer that is on its way, and so ends with it.
  await client.invalidateQueries(only)
  await client.invalidateQueries(only)
}
