import { createServer } from 'node:http'
import { given } from './arguments.ts'

// The cost of node:http that answers itself, without an upstream.
const BODY = Buffer.alloc(1024, 'x')

createServer((request, response) => {
  if (request.headers.authorization !== given.bearer) return void response.writeHead(401).end()
  request.resume().on('end', () => response.writeHead(200, { 'Content-Length': BODY.length }).end(BODY))
}).listen(given.port, '127.0.0.1')
