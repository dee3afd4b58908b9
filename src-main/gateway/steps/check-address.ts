import type { Refusal } from '#shared/gateway/decisions.ts'
import { isOwnPath, methodsOf } from '#shared/gateway/routes.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { type Base, baseFor, rightBase } from '../head/wrong-address.ts'
import type { Step } from './step.ts'

const FORWARDED_ROOMS = ['/api/', '/v1/', '/k/']

/**
 * For every key, whatever it may do: Latchkey's own addresses are never the upstream's, whatever the method, and where
 * there is nothing a person is told which address to use rather than to change the key.
 */
export const checkAddress: Step = (context) => {
  const { route, path, key } = context
  if (route !== undefined) return undefined
  if (isOwnPath(path)) return refuseOwn(context)
  const base = rightBase(path)
  if (base !== undefined) return wrongAddress(context, base)
  // Nothing of Ollama's is elsewhere. A key for everything may still ask.
  const isElsewhere = !FORWARDED_ROOMS.some((room) => path.toLowerCase().startsWith(room))
  return isElsewhere && key?.scopes.includes('all') === false ? wrongAddress(context, baseFor(path)) : undefined
}

function refuseOwn(context: ExchangeContext): Refusal {
  const methods = methodsOf(context.path)
  if (methods.length === 0) return wrongAddress(context, '')
  return { refused: 'method_not_allowed', detail: context.method, allow: methods.join(', ') }
}

/** As the client reached the gateway, but never with the key that may stand in its address. */
function wrongAddress({ headers, labelSecret, pathSecret, request }: ExchangeContext, base: Base): Refusal {
  const host = labelSecret === undefined ? headers.host : `<key>.localhost:${request.socket.localPort}`
  return { refused: 'wrong_address', detail: `http://${host}${pathSecret === undefined ? '' : '/k/<key>'}${base}` }
}
