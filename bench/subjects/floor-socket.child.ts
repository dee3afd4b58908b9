import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { given } from './arguments.ts'

// The floor: node:http towards the client, a raw kept-alive socket towards the upstream, one comparison for the key. It
// reads only the answers of the bench's upstream and handles no errors. No Node proxy can be much cheaper.
const idle: Upstream[] = []

class Upstream {
  readonly socket: Socket = connect({ port: given.upstreamPort, host: '127.0.0.1', noDelay: true })
  response: ServerResponse | undefined
  left = 0

  constructor() {
    this.socket.on('data', (piece: Buffer) => this.take(piece))
    this.socket.on('error', () => this.response?.destroy())
  }

  take(piece: Buffer): void {
    const { response } = this
    if (response === undefined) return
    let body = piece
    if (!response.headersSent) {
      const end = piece.indexOf('\r\n\r\n')
      const [status = '', ...lines] = piece.toString('latin1', 0, end).split('\r\n')
      const headers = lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
      this.left = Number(/content-length: (\d+)/i.exec(lines.join('\n'))?.[1] ?? 0)
      response.writeHead(Number(status.slice(9, 12)), headers)
      body = piece.subarray(end + 4)
    }
    this.left -= body.length
    if (this.left > 0) return void response.write(body)
    response.end(body)
    this.response = undefined
    idle.push(this)
  }
}

const answer: RequestListener = (request, response) => {
  if (request.headers.authorization !== given.bearer) return void response.writeHead(401).end()
  const upstream = idle.pop() ?? new Upstream()
  upstream.response = response
  const length = request.headers['content-length'] ?? '0'
  const head = `${request.method} ${request.url} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  request.once('data', (piece: Buffer) => {
    upstream.socket.write(Buffer.concat([Buffer.from(head, 'latin1'), piece]))
    request.on('data', (next: Buffer) => void upstream.socket.write(next))
  })
}

const server =
  given.tls === undefined
    ? createServer(answer)
    : createTlsServer({ cert: readFileSync(given.tls.certFile), key: readFileSync(given.tls.keyFile) }, answer)
server.listen(given.port, given.tls?.address ?? '127.0.0.1')
