import type { ExchangeContext } from '../exchange-context.ts'
import { refuse } from '../refuse.ts'
import type { ClientConnection } from './client-connection.ts'

/**
 * Ends an exchange whose body Node's parser rejected, such as for an invalid chunk. Node reports this to nobody else:
 * the request would wait for its rest and count against the key's limits for as long as the upstream waits. An answer
 * that has begun stays the only one.
 */
export function endUnreadableBody(exchange: ExchangeContext, connection: ClientConnection): void {
  const { response, forwarding, isAnswered } = exchange
  connection.condemn()
  if (forwarding !== undefined) forwarding.refuseBody({ refused: 'bad_request' })
  else if (!isAnswered) refuse(exchange, { refused: 'bad_request' })
  else response.end()
  connection.whenQuiet(() => connection.socket.destroySoon())
}
