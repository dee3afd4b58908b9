import type { ExchangeContext } from '../exchange-context.ts'
import { refuse } from '../refuse.ts'
import type { ClientConnection } from './client-connection.ts'

/**
 * Ends an exchange whose body Node's parser would not read on, such as for a chunk that is none. Nobody else hears of it:
 * the request just stops, and would wait for its rest, with its place under the key's limits, for as long as the
 * upstream does. An answer that is out already stays the only one.
 */
export function endUnreadableBody(exchange: ExchangeContext, connection: ClientConnection): void {
  const { response, carrier, isAnswered } = exchange
  connection.condemn()
  if (carrier !== undefined) carrier.refuseBody({ refused: 'bad_request' })
  else if (!isAnswered) refuse(exchange, { refused: 'bad_request' })
  else response.end()
  connection.whenQuiet(() => connection.socket.destroySoon())
}
