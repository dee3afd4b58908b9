import { Agent, request as ask, createServer } from 'node:http'
import { given } from './arguments.ts'

// node:http with its own client towards the upstream, one comparison for the key and nothing else: its cost is a floor.
const agent = new Agent({ keepAlive: true })

createServer((request, response) => {
  if (request.headers.authorization !== given.bearer) return void response.writeHead(401).end()
  const { method, url, headers } = request
  const kept = ['host', 'localhost', 'content-type', headers['content-type'] ?? '']
  const lines = [...kept, 'content-length', headers['content-length'] ?? '0']
  const asked = ask({ host: '127.0.0.1', port: given.upstreamPort, agent, method, path: url, headers: lines })
  asked.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  asked.on('error', () => request.destroy())
  response.once('close', () => response.writableEnded || asked.destroy())
  request.pipe(asked)
}).listen(given.port, '127.0.0.1')
