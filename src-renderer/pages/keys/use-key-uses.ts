import { useQuery } from '@tanstack/react-query'
import type { KeyUse } from '#shared/keys/key-use.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { call } from '../../api/client.ts'

export interface KeyUses {
  readonly today: ReadonlyMap<string, UsageSums>
  readonly uses: ReadonlyMap<string, KeyUse>
}

/** Today's sums, the remaining limits and the last caller, by key id. Empty until they have been loaded. */
export function useKeyUses(): KeyUses {
  // Below `keys` and `usage` in the cache, so that the same events update them.
  const uses = useQuery({ queryKey: ['keys', 'use'], queryFn: () => call('GET /api/keys/use', {}) }).data ?? []
  const today = useQuery({ queryKey: ['usage', 'today', 'key'], queryFn: readToday }).data?.values ?? []
  return {
    today: new Map(today.map((sums) => [sums.value, sums])),
    uses: new Map(uses.map((use) => [use.keyId, use])),
  }
}

/** Since midnight on the person's clock. */
function readToday() {
  return call('GET /api/usage', { from: new Date().setHours(0, 0, 0, 0), by: 'key' })
}
