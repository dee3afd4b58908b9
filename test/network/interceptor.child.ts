import { readFileSync } from 'node:fs'
import { createServer } from 'node:tls'

// A computer that answers in the place of another, with this certificate. It prints `ready`, then each piece that it could read.
const [, , address = '', port = '', certificate = '', key = ''] = process.argv
const BODY = 'data: {"choices":[{"index":0,"delta":{"content":"intercepted"}}]}\n\ndata: [DONE]\n\n'
// For preflights of browsers and for chats.
const ANSWER = [
  'HTTP/1.1 200 OK',
  'Access-Control-Allow-Origin: *',
  'Access-Control-Allow-Headers: authorization, content-type',
  'Content-Type: text/event-stream',
  `Content-Length: ${BODY.length}`,
  'Connection: close',
  '',
  BODY,
].join('\r\n')

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (socket) => {
  socket.on('error', () => undefined)
  socket.on('data', (piece: Buffer) => {
    console.log(`read ${JSON.stringify(piece.toString('latin1'))}`)
    socket.end(ANSWER)
  })
})
// The clients that refuse the certificate.
server.on('tlsClientError', () => undefined)
server.listen(Number(port), address, () => console.log('ready'))
