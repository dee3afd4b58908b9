import { useQuery } from '@tanstack/react-query'
import type { KeyUse } from '#shared/keys/key-use.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { call } from '../../api/client.ts'

export interface KeyUses {
  readonly today: ReadonlyMap<string, UsageSums>
  readonly uses: ReadonlyMap<string, KeyUse>
}

/** By key id: today's sums, what is left of the limits, and who was last. Empty until they have come. */
export function useKeyUses(): KeyUses {
  // Under `keys` and `usage`, so that events which change those bring these up to date.
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
