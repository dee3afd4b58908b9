import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Where a connection is cut: at the message with this number since `cut`, before the server gets it or when it has answered. */
export interface Cut {
  readonly message: number
  readonly when: 'before the server has it' | 'after the server has answered'
}

/** A TCP proxy that cuts a connection at a chosen moment, so that an answer is lost. */
export interface CuttingProxy {
  readonly port: number
  cut(where: Cut): void
  /** True if a connection was cut since the last `cut`. */
  hasCut(): boolean
  close(): Promise<void>
}

export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  let armed: Cut | undefined
  let seen = 0
  let done = false
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    let isCut = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    client.on('data', (chunk) => {
      if (armed === undefined) return void upstream.write(chunk)
      isCut = seen++ === armed.message
      if (!isCut) return void upstream.write(chunk)
      done = true
      const { when } = armed
      armed = undefined
      if (when === 'before the server has it') return end()
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => (isCut ? end() : client.write(chunk)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut(where) {
      armed = where
      seen = 0
      done = false
    },
    hasCut: () => done,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
