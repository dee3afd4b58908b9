import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RawUpstream {
  readonly url: string
  /** The bytes of each connection so far, one character per byte. */
  readonly heard: string[]
  readonly sockets: Socket[]
  close(): void
}

/**
 * An upstream that sends exactly the bytes of a test, even invalid ones. `answer` is called once per connection, after
 * the first bytes of a request.
 */
export async function startRawUpstream(answer: (socket: Socket) => void): Promise<RawUpstream> {
  const heard: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const at = heard.push('') - 1
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => answer(socket))
    socket.on('data', (piece: Buffer) => {
      heard[at] += piece.toString('latin1')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    sockets,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
