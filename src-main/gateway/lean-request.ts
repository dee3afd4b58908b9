import { IncomingMessage } from 'node:http'

const EXPECT = 'expect'

/**
 * A request as the gateway takes it. The gateway reads the raw header lines, which hide no doubled one; of `headers`
 * only node:http itself asks, and only for `expect`. Making all the others for it would cost more than all of the
 * gateway's own rules together (docs/performance.md).
 */
export class LeanRequest extends IncomingMessage {}

Object.defineProperty(LeanRequest.prototype, 'headers', {
  get(this: IncomingMessage) {
    return { expect: expectation(this.rawHeaders) }
  },
})

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
