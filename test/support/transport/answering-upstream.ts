import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { RandomAnswer } from './random-answers.ts'

export interface AnsweringUpstream {
  readonly url: string
  close(): void
}

/** The answer to every request but those for `/<number>`. */
export const NEXT_BODY = 'the next one'
const NEXT: RandomAnswer = {
  method: 'GET',
  pieces: [`HTTP/1.1 200 OK\r\nContent-Length: ${NEXT_BODY.length}\r\n\r\n${NEXT_BODY}`],
  closes: false,
}

/** An upstream of bare sockets that gives a request for `/<number>` the answer of that number. */
export async function startAnsweringUpstream(answers: readonly RandomAnswer[]): Promise<AnsweringUpstream> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let asked = ''
    socket.on('data', (piece: Buffer) => {
      asked += piece.toString('latin1')
      if (!asked.endsWith('\r\n\r\n')) return
      const number = /^[A-Z]+ \/(\d+) /.exec(asked)?.[1]
      asked = ''
      void say(socket, number === undefined ? NEXT : (answers[Number(number)] as RandomAnswer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function say(socket: Socket, { pieces, closes }: RandomAnswer): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(piece, 'latin1')
    // Each is to come by itself, where the other side has read what came before.
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (closes) socket.end()
}
