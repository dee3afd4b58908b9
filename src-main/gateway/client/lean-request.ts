import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const EXPECT = 'expect'

/** What an error in one of a message's listeners ends. */
interface Guarded {
  fail(error: unknown): void
}

/**
 * A request as the gateway takes it. The gateway reads the raw header lines, which hide no doubled one; of `headers`
 * only node:http itself asks, and only for `expect`. Making all the others for it would cost more than all of the
 * gateway's own rules together (docs/performance.md).
 */
export class LeanRequest extends IncomingMessage {
  exchange: Guarded | undefined = undefined

  override emit(...args: Parameters<IncomingMessage['emit']>): boolean {
    try {
      return super.emit(...args)
    } catch (error) {
      return endExchangeOf(this, error)
    }
  }
}

Object.defineProperty(LeanRequest.prototype, 'headers', {
  get(this: IncomingMessage) {
    return { expect: expectation(this.rawHeaders) }
  },
})

/** An answer whose listeners cannot fail for more than their own exchange. */
export class GuardedResponse extends ServerResponse<LeanRequest> {
  /**
   * An answer whose turn has not come, because it stands behind another on its connection, has no socket yet. When its
   * turn comes node:http would send what there is of it, and the next answer would be taken for its rest.
   */
  override destroy(error?: Error): this {
    if (this.socket === null) this.once('socket', (socket: Socket) => void socket.destroy())
    return super.destroy(error)
  }

  override emit(...args: Parameters<ServerResponse['emit']>): boolean {
    try {
      return super.emit(...args)
    } catch (error) {
      return endExchangeOf(this.req, error)
    }
  }
}

/** Whatever a listener throws would else end the process. Before there is an exchange it is the caller's to catch. */
function endExchangeOf({ exchange }: LeanRequest, error: unknown): true {
  if (exchange === undefined) throw error
  exchange.fail(error)
  return true
}

/** As node:http has it: the values of doubled lines are joined. */
function expectation(raw: readonly string[]): string | undefined {
  let value: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string
    if (name.length !== EXPECT.length || name.toLowerCase() !== EXPECT) continue
    value = value === undefined ? raw[at + 1] : `${value}, ${raw[at + 1]}`
  }
  return value
}
