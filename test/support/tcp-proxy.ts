import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * `pass`: bytes go through. `blackhole`: connections stay open, and bytes are swallowed in both directions, as by a broken
 * network. `refuse`: new connections are reset.
 */
export type ProxyMode = 'pass' | 'blackhole' | 'refuse'

/** A TCP proxy on loopback that spoils the way to a server. */
export interface TcpProxy {
  readonly port: number
  /** The connections of clients that are open now. */
  readonly open: number
  /** The connections that clients have opened since the start. */
  readonly accepted: number
  /** The address with the proxy's port in place of the server's. */
  through(url: string): string
  /** Also for connections that are open. Bytes that were swallowed do not come back. */
  mode(mode: ProxyMode): void
  /** All bytes take so many ms longer in each direction, in their order. */
  slow(ms: number): void
  /** Resets all open connections. New ones go through as the mode says. */
  cut(): void
  /** New connections go to another server. */
  retarget(port: number): void
  /** Passes so many bytes of answers to each connection from now on, then resets it. `undefined` ends this. */
  cutAnswersAfter(bytes: number | undefined): void
  /**
   * Passes the next request that contains these bytes to the server, and resets its connection when the server has answered,
   * without passing the answer. Resolves when that has happened.
   */
  swallowAnswerTo(request: string): Promise<void>
  /** Resets the connection of the next request that contains these bytes, which the server does not get. */
  loseRequest(request: string): Promise<void>
  close(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  /** Bytes of answers that may still pass; undefined for all. */
  left: number | undefined
  /** Called instead of passing the next answer. */
  onAnswer: (() => void) | undefined
}

/** Passes bytes on in their order, late if the proxy is slow. */
type Pass = (to: Socket, bytes: Buffer) => void

interface Swallowing {
  readonly request: string
  readonly done: () => void
}

/** Starts a proxy before the server on this port of loopback. */
export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let target = serverPort
  let mode: ProxyMode = 'pass'
  let accepted = 0
  let delayMs = 0
  let answerBytes: number | undefined
  let swallowing: Swallowing | undefined
  let losing: Swallowing | undefined

  const waiting = new WeakMap<Socket, Buffer[]>()
  const pass: Pass = (to, bytes) => {
    const before = waiting.get(to) ?? []
    if (delayMs === 0 && before.length === 0) return void to.write(bytes)
    waiting.set(to, [...before, bytes])
    setTimeout(() => {
      const [first, ...rest] = waiting.get(to) ?? []
      waiting.set(to, rest)
      if (first !== undefined) to.write(first)
    }, delayMs)
  }
  const onRequest = (pair: Pair, bytes: Buffer) => {
    if (mode === 'blackhole') return
    if (losing !== undefined && bytes.includes(losing.request)) {
      reset(pair)
      losing.done()
      losing = undefined
      return
    }
    if (swallowing !== undefined && bytes.includes(swallowing.request)) {
      const { done } = swallowing
      swallowing = undefined
      pair.onAnswer = () => {
        reset(pair)
        done()
      }
    }
    pass(pair.server, bytes)
  }
  const onAnswer = (pair: Pair, bytes: Buffer) => {
    if (mode === 'blackhole') return
    if (pair.onAnswer !== undefined) return pair.onAnswer()
    if (pair.left === undefined) return pass(pair.client, bytes)
    const passed = bytes.subarray(0, pair.left)
    pair.left -= passed.length
    // The reset must not overtake the bytes before it.
    if (pair.left > 0) pair.client.write(passed)
    else pair.client.write(passed, () => reset(pair))
  }

  const listener = createServer((client) => {
    accepted += 1
    if (mode === 'refuse') return void client.resetAndDestroy()
    const pair: Pair = { client, server: connect(target, '127.0.0.1'), left: answerBytes, onAnswer: undefined }
    pairs.add(pair)
    client.on('data', (bytes: Buffer) => onRequest(pair, bytes))
    pair.server.on('data', (bytes: Buffer) => onAnswer(pair, bytes))
    for (const [one, other] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      one.on('error', () => undefined)
      // A broken network does not tell the other end either.
      one.on('end', () => mode === 'blackhole' || other.end())
      one.on('close', () => {
        if (mode === 'blackhole' && one === pair.server) return
        pairs.delete(pair)
        other.destroy()
      })
    }
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  return {
    port,
    get open() {
      return pairs.size
    },
    get accepted() {
      return accepted
    },
    through(url) {
      const changed = new URL(url)
      changed.port = String(port)
      return changed.href
    },
    mode: (next) => void (mode = next),
    slow: (ms) => void (delayMs = ms),
    cut: () => pairs.forEach(reset),
    retarget: (next) => void (target = next),
    cutAnswersAfter(bytes) {
      answerBytes = bytes
      for (const pair of pairs) pair.left = bytes
    },
    swallowAnswerTo: (request) =>
      new Promise((done) => {
        swallowing = { request, done }
      }),
    loseRequest: (request) =>
      new Promise((done) => {
        losing = { request, done }
      }),
    async close() {
      pairs.forEach(reset)
      listener.close()
      await once(listener, 'close')
    },
  }
}

function reset({ client, server }: Pair): void {
  client.resetAndDestroy()
  server.resetAndDestroy()
}
