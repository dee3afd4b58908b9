import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const EXPECT = 'expect'

/** The exchange that an error in a message's listener ends. */
interface Guarded {
  fail(error: unknown): void
}

/**
 * A request without parsed headers. The gateway reads the raw header lines, which show repeated ones. Only node:http
 * itself reads `headers`, and only `expect`. Building all of them would cost more than all of the gateway's rules
 * together (docs/optimisations.md).
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

/** An answer whose failing listener ends only its own exchange. */
export class GuardedResponse extends ServerResponse<LeanRequest> {
  /**
   * A pipelined answer behind another one has no socket yet. node:http would later send its beginning, and the client
   * would take the next answer for its rest.
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

/** An error in a listener would otherwise end the process. Before an exchange exists, the caller catches it. */
function endExchangeOf({ exchange }: LeanRequest, error: unknown): true {
  if (exchange === undefined) throw error
  exchange.fail(error)
  return true
}

/** Joins the values of repeated lines, like node:http. */
function expectation(raw: readonly string[]): string | undefined {
  let value: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string
    if (name.length !== EXPECT.length || name.toLowerCase() !== EXPECT) continue
    value = value === undefined ? raw[at + 1] : `${value}, ${raw[at + 1]}`
  }
  return value
}
