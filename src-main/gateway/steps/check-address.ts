import type { Refusal } from '#shared/gateway/decisions.ts'
import { isOwnPath, methodsOf } from '#shared/gateway/routes.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { type Base, baseFor, rightBase } from '../head/wrong-address.ts'
import type { Step } from './step.ts'

const FORWARDED_PREFIXES = ['/api/', '/v1/', '/k/']

/**
 * Refuses wrong addresses for every key. Latchkey's own addresses are never forwarded, whatever the method. For an
 * address without content the refusal gives the right address instead of asking to change the key.
 */
export const checkAddress: Step = (context) => {
  const { route, path, key } = context
  if (route !== undefined) return undefined
  if (isOwnPath(path)) return refuseOwn(context)
  const base = rightBase(path)
  if (base !== undefined) return wrongAddress(context, base)
  // Ollama has no routes outside these prefixes. A key with the scope `all` may still request one.
  const isElsewhere = !FORWARDED_PREFIXES.some((prefix) => path.toLowerCase().startsWith(prefix))
  return isElsewhere && key?.scopes.includes('all') === false ? wrongAddress(context, baseFor(path)) : undefined
}

function refuseOwn(context: ExchangeContext): Refusal {
  const methods = methodsOf(context.path)
  if (methods.length === 0) return wrongAddress(context, '')
  return { refused: 'method_not_allowed', detail: context.method, allow: methods.join(', ') }
}

/** The address in the form that the client used, but without a key in it. */
function wrongAddress({ headers, labelSecret, pathSecret, request }: ExchangeContext, base: Base): Refusal {
  const host = labelSecret === undefined ? headers.host : `<key>.localhost:${request.socket.localPort}`
  return { refused: 'wrong_address', detail: `http://${host}${pathSecret === undefined ? '' : '/k/<key>'}${base}` }
}
