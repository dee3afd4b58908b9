import { Agent, createServer } from 'node:http'
import { createProxyServer } from 'http-proxy-3'
import { given } from './arguments.ts'

const proxy = createProxyServer({
  target: `http://127.0.0.1:${given.upstreamPort}`,
  agent: new Agent({ keepAlive: true }),
})
proxy.on('error', (_error, _request, response) => void ('end' in response && response.end()))

createServer((request, response) => {
  if (request.headers.authorization === given.bearer) proxy.web(request, response)
  else response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"no key"}')
}).listen(given.port, '127.0.0.1')
