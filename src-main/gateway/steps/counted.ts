import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Access } from '../ports.ts'

/**
 * A refusal of a request whose key is known counts towards the key's requests per minute, and past them it is that which
 * is said: else a key could be tried for ever with what it may not do. Questions about the key itself never count.
 */
export function counted({ key, route }: ExchangeContext, access: Access, refusal: Refusal): Refusal {
  return route?.class === 'own' ? refusal : (access.countRefused(key as Key) ?? refusal)
}
