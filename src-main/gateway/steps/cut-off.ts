import type { Refusal } from '#shared/gateway/decisions.ts'
import type { GatewayConfig } from '../ports.ts'

/** The gateway tries to reach its database at least so often. */
const RETRY_SECONDS = 5

/** The refusal of every request while the shared database is away for too long; undefined otherwise. */
export function cutOffRefusal({ databaseAway }: GatewayConfig): Refusal | undefined {
  return databaseAway ? { refused: 'database_away', retryAfter: RETRY_SECONDS } : undefined
}
