import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Remedy } from '#shared/gateway/refusal-table.ts'
import { remedyOf } from '#shared/gateway/refusals.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { useGatewayAddress } from '../../api/gateway-address.ts'
import { useAppState, useIsOperator, useKeys, useOrigins } from '../../api/queries.ts'
import type { RemedyAction } from './remedy-action.ts'
import { remedyAction } from './remedy-table.ts'

/** A key that the page has just made and still shows, with the address that the app gets. */
interface Issued {
  readonly issued: IssuedKey
  readonly address: string
}

/**
 * The action for a refused exchange, or for a fault that stops every app. null if no button can help, or only one that the
 * person may not press.
 */
export function useRemedy(about: Exchange | Remedy | null, shown?: Issued): RemedyAction | null {
  const keys = useKeys().data ?? []
  const origins = useOrigins().data ?? []
  const gateway = useAppState().data?.gateway
  const address = useGatewayAddress()
  const isOperator = useIsOperator()
  const exchange = typeof about === 'string' ? null : about
  const keyId = shown?.issued.id ?? exchange?.keyId
  const action = remedyAction(typeof about === 'string' ? about : remedyOf(about), {
    exchange,
    key: keys.find(({ id }) => id === keyId) ?? shown?.issued,
    origins,
    paused: gateway?.status === 'paused',
    address: shown?.address ?? address,
    secret: shown?.issued.secret ?? null,
  })
  // Everything but copying changes what lets apps in.
  return isOperator || action?.kind === 'copy' ? action : null
}
