import { connect } from 'node:net'
import { type FuzzCase, mayReachUpstream } from './request-cases.ts'
import { readStrictly } from './strict-reader.ts'

export interface Outcome {
  readonly received: string
  /** True if the gateway closed the connection, not the client. */
  readonly wasClosed: boolean
}

/** How long a client waits for the first answer and for more, if it is unknown whether any will come. */
const FIRST_MS = 250
const MORE_MS = 60
/** A valid request gets an answer, unless the upstream sends none. */
const MOST_MS = 60_000
const MOST_UPSTREAM_MS = 500

/** Sends the bytes of the case, and reads until the gateway closes or sends nothing more. */
export function runCase(port: number, one: FuzzCase): Promise<Outcome> {
  const { pieces, methods, intact, ending } = one
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received = ''
    let quiet: NodeJS.Timeout | undefined
    const finish = (wasClosed: boolean) => {
      clearTimeout(quiet)
      clearTimeout(most)
      socket.destroy()
      resolve({ received, wasClosed })
    }
    const most = setTimeout(() => finish(false), mayReachUpstream(one) ? MOST_UPSTREAM_MS : MOST_MS)
    const waitForMore = (ms: number) => {
      clearTimeout(quiet)
      if (!intact || ending !== 'wait') quiet = setTimeout(() => finish(false), ms)
    }
    socket.on('data', (piece: Buffer) => {
      received += piece.toString('latin1')
      if (intact && hasAll(received, methods)) finish(false)
      else waitForMore(MORE_MS)
    })
    // A reset can follow an answer if the client did not complete its request.
    socket.on('error', () => undefined)
    socket.on('end', () => finish(true)).on('close', () => finish(true))
    socket.on('connect', () => void sendAll())

    async function sendAll() {
      for (const piece of pieces) {
        if (socket.destroyed) return
        socket.write(piece, 'latin1')
        await new Promise((next) => setImmediate(next))
      }
      if (ending === 'end') socket.end()
      if (ending === 'reset') socket.resetAndDestroy()
      waitForMore(FIRST_MS)
    }
  })
}

function hasAll(received: string, methods: readonly string[]): boolean {
  const { answers, isCut } = readStrictly(received, methods.length === 1 ? methods[0] : undefined)
  return answers.length === methods.length && !isCut
}
