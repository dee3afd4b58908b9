import type { ClientConnection } from './client-connection.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { refuse } from './refuse.ts'

/**
 * Ends an exchange whose body Node's parser would not read on: a chunk that is none, or the end of the connection in the
 * middle. Nobody else hears of it: the request just stops, and would wait for its rest, with its place under the key's
 * limits, for as long as the upstream does. An answer that is out already stays the only one.
 */
export function endUnreadableBody(
  exchange: ExchangeContext,
  connection: ClientConnection,
  error: NodeJS.ErrnoException,
): void {
  const { response } = exchange
  connection.condemn()
  // The client closed its side, or is gone: there is nothing to tell it.
  if (error.code === 'HPE_INVALID_EOF_STATE' || error.code === 'ECONNRESET') response.destroy()
  else endOrRefuse(exchange)
  connection.whenQuiet(() => connection.socket.destroySoon())
}

function endOrRefuse(exchange: ExchangeContext): void {
  const { response, carrier, isAnswered } = exchange
  if (carrier !== undefined) carrier.refuseBody({ refused: 'bad_request' })
  else if (!isAnswered) refuse(exchange, { refused: 'bad_request' })
  else response.end()
}
