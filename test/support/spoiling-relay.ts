import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface SpoilingRelay {
  readonly port: number
  /** Changes the bytes of each request except preflights, one character per byte. */
  spoil: (request: string) => string
  close(): Promise<void>
}

/** A relay between a browser and the gateway. It turns a valid request into one that no browser would send. */
export async function startSpoilingRelay(gatewayPort: number): Promise<SpoilingRelay> {
  const sockets = new Set<Socket>()
  const relay = { spoil: (request: string) => request }
  const server = createServer((client) => {
    const gateway = connect(gatewayPort, '127.0.0.1')
    for (const socket of [client, gateway]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        gateway.destroy()
      })
    }
    client.on('data', (piece: Buffer) => {
      const text = piece.toString('latin1')
      gateway.write(Buffer.from(text.startsWith('OPTIONS ') ? text : relay.spoil(text), 'latin1'))
    })
    gateway.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(relay, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
}
