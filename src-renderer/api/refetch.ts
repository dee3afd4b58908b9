import type { Query, QueryClient, QueryFilters } from '@tanstack/react-query'

/**
 * Refetches the data of the pages. react-query cancels a running refetch but joins a running first fetch, although its
 * answer can be older than the change, so such a query is fetched once more afterwards.
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
  // Joins the running fetch and ends with it.
  await client.invalidateQueries(only)
  await client.invalidateQueries(only)
}
