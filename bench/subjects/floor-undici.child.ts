import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { given } from './arguments.ts'

// The cost of node:http with undici's cheapest path to the upstream, and one comparison for the key.
const pool = new Pool(`http://127.0.0.1:${given.upstreamPort}`, { bodyTimeout: 0, headersTimeout: 0 })

createServer((request, response) => {
  if (request.headers.authorization !== given.bearer) return void response.writeHead(401).end()
  const { method, url, headers } = request
  const kept = { 'content-type': headers['content-type'] ?? '', 'content-length': headers['content-length'] ?? '0' }
  pool.dispatch(
    { method: method as Dispatcher.HttpMethod, path: url ?? '/', headers: kept, body: request },
    handler(request, response),
  )
}).listen(given.port, '127.0.0.1')

function handler(request: IncomingMessage, response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller) =>
      void response.once('close', () => response.writableEnded || controller.abort(new Error('left'))),
    onResponseStart: (_controller, status, headers) => void response.writeHead(status, headers),
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return
      controller.pause()
      response.once('drain', () => controller.resume())
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => void request.destroy(),
  }
}
