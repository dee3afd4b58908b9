import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Access } from '../ports.ts'

/**
 * Counts a refusal of a known key against its requests per minute. Above that limit the refusal becomes `rate_limited`;
 * otherwise a client could try forbidden requests forever. Requests about the key itself never count.
 */
export function counted({ key, route }: ExchangeContext, access: Access, refusal: Refusal): Refusal {
  return route?.class === 'own' ? refusal : (access.countRefused(key as Key) ?? refusal)
}
