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
 * An upstream that says exactly the bytes a test wants, also those no server should: `answer` is called once per
 * connection, as soon as the first bytes of a request have come.
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
