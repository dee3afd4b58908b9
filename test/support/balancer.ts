import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

/** How often it asks each gateway whether it is ready. */
const LOOK_EVERY_MS = 100

interface Backend {
  readonly url: URL
  readonly agent: Agent
  isReady: boolean
  isLookedAt: boolean
}

/**
 * A small balancer, as teams put one in front: deals requests out in turn to the gateways whose `/readyz` says yes, keeps connections
 * to them open, and tries another one only if a gateway refused the connection.
 */
export interface Balancer {
  readonly url: string
  /** Adds a gateway, and resolves when it is ready. */
  add(url: string): Promise<void>
  remove(url: string): void
  close(): void
}

export async function startBalancer(): Promise<Balancer> {
  const backends = new Set<Backend>()
  let turn = 0
  const next = (tried: ReadonlySet<Backend>): Backend | undefined => {
    const ready = [...backends].filter((backend) => backend.isReady && !tried.has(backend))
    return ready[turn++ % ready.length]
  }
  const pass = (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body: Buffer,
    tried = new Set<Backend>(),
  ): void => {
    const backend = next(tried)
    if (backend === undefined) return void outgoing.writeHead(502).end('no gateway is ready')
    tried.add(backend)
    const { method, url: path, headers } = incoming
    const { hostname, port } = backend.url
    const forwarded = request({
      hostname,
      port,
      method,
      path,
      agent: backend.agent,
      headers: { ...headers, host: 'localhost' },
    })
    forwarded.on('response', (answer) => {
      const { connection: _, 'keep-alive': __, ...kept } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, kept)
      outgoing.flushHeaders()
      pipeline(answer, outgoing, () => undefined)
    })
    forwarded.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.headersSent) outgoing.destroy()
      else if (error.code === 'ECONNREFUSED') pass(incoming, outgoing, body, tried)
      else outgoing.writeHead(502).end(`${error.code ?? ''} ${error.message}`)
    })
    forwarded.end(body)
  }
  const server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => pass(incoming, outgoing, Buffer.concat(pieces)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  /** One after the other: an answer that comes late must not take back what a later one said. */
  const look = async (backend: Backend) => {
    if (backend.isLookedAt) return
    backend.isLookedAt = true
    const answer = await fetch(new URL('/readyz', backend.url), { headers: { Connection: 'close' } }).catch(
      () => undefined,
    )
    backend.isReady = answer?.status === 200
    backend.isLookedAt = false
  }
  const timer = setInterval(() => {
    for (const backend of backends) void look(backend)
  }, LOOK_EVERY_MS)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async add(url) {
      const backend = { url: new URL(url), agent: new Agent({ keepAlive: true }), isReady: false, isLookedAt: false }
      await look(backend)
      backends.add(backend)
    },
    remove(url) {
      for (const backend of backends) if (backend.url.href === new URL(url).href) backends.delete(backend)
    },
    close() {
      clearInterval(timer)
      for (const { agent } of backends) agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}
