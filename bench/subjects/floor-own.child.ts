import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { openHttp1 } from '../../src-main/gateway/http1/connection-pool.ts'
import { type CallListener, UPSTREAM_DEADLINES } from '../../src-main/gateway/transport.ts'
import { given } from './arguments.ts'

// node:http with Latchkey's client towards the upstream, one comparison for the key and nothing else: its cost is a floor.
const url = new URL(`http://127.0.0.1:${given.upstreamPort}`)
const transport = openHttp1({ url, certificate: null, deadlines: UPSTREAM_DEADLINES })

createServer((request, response) => {
  if (request.headers.authorization !== given.bearer) return void response.writeHead(401).end()
  const { method = '', url: target = '/', headers } = request
  const lines = ['host', 'localhost', 'content-type', headers['content-type'] ?? '']
  const bodyLength = Number(headers['content-length'] ?? 0)
  const call = transport.call(
    { method, target, lines, bodyLength, needsNewConnection: false },
    listener(request, response, () => call),
  )
  response.once('close', () => response.writableEnded || call.abort())
  request.on('data', (piece: Buffer) => void call.write(piece)).on('end', () => call.end())
}).listen(given.port, '127.0.0.1')

function listener(
  request: IncomingMessage,
  response: ServerResponse,
  call: () => { pause(): void; resume(): void },
): CallListener {
  return {
    onHead: ({ status, lines }) => void response.writeHead(status, [...lines]),
    onData(piece) {
      if (response.write(piece)) return
      call().pause()
      response.once('drain', () => call().resume())
    },
    onEnd: (last) => void response.end(last),
    onError: () => void request.destroy(),
    onFault: () => void request.destroy(),
  }
}
