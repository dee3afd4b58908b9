import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy in front of PostgreSQL that can hold back the answer to one statement. */
export interface HoldingProxy {
  /** The address of the database through the proxy. */
  readonly url: string
  /** No answer reaches the next client that sends this whole statement. Resolves when it has sent it. */
  hold(statement: string): Promise<void>
  /** Delivers what was held back. */
  release(): void
  close(): Promise<void>
}

export async function startHoldingProxy(database: string): Promise<HoldingProxy> {
  const target = new URL(database)
  const sockets = new Set<Socket>()
  const held = new Set<Socket>()
  let waiting: { readonly statement: string; readonly sent: () => void } | undefined
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (bytes: Buffer) => {
      if (waiting !== undefined && bytes.includes(`${waiting.statement}\0`)) {
        upstream.pause()
        held.add(upstream)
        waiting.sent()
        waiting = undefined
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes: Buffer) => client.write(bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(database)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    hold: (statement) => new Promise((resolve) => (waiting = { statement, sent: resolve })),
    release() {
      for (const upstream of held) upstream.resume()
      held.clear()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
