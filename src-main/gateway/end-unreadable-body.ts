import type { ExchangeContext } from './exchange-context.ts'
import { refuse } from './refuse.ts'

/**
 * Ends an exchange whose body Node's parser would not read on: a chunk that is none, or the end of the connection in the
 * middle. Nobody else hears of it: the request just stops, and would wait for its rest, with its place under the key's
 * limits, for as long as the upstream does.
 */
export function endUnreadableBody(context: ExchangeContext, error: NodeJS.ErrnoException): void {
  const { response } = context
  // The client closed its side, or is gone: there is nothing to tell it.
  if (error.code === 'HPE_INVALID_EOF_STATE' || error.code === 'ECONNRESET') return void response.destroy()
  // Refused already; what could not be read was only being read away.
  if (context.outcome === 'refused') return void response.end()
  if (context.carrier !== undefined) return context.carrier.refuseBody({ refused: 'bad_request' })
  refuse(context, { refused: 'bad_request' })
}
