import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

// A small Ollama whose answers say what the test looks for. It prints its address. A prompt with “N words” gets so many words, one
// every 20 ms; one with “Infinity words” gets them until somebody asks for /end.
const [, , word = 'word'] = process.argv
const WORD_EVERY_MS = 20
const DEFAULT_WORDS = 3
let isEnded = false

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => void answer(request.url ?? '', body, response).catch(() => response.destroy()))
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))

async function answer(path: string, body: string, response: ServerResponse): Promise<void> {
  if (path === '/v1/chat/completions') await stream(body, response)
  else if (path === '/api/tags')
    response.end('{"models":[{"name":"home:latest","model":"home:latest","digest":"home"}]}')
  else if (path === '/api/version') response.end('{"version":"0.30.0"}')
  else if (path === '/api/show') response.end('{}')
  else if (path === '/end') {
    isEnded = true
    response.end()
  } else response.writeHead(404).end('{}')
}

/** In OpenAI's format. */
async function stream(body: string, response: ServerResponse): Promise<void> {
  const words = Number(/(\w+) words/.exec(body)?.[1] ?? DEFAULT_WORDS)
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  const isEndless = words === Number.POSITIVE_INFINITY
  for (let at = 0; at < words && !response.destroyed && !(isEndless && isEnded); at++) {
    response.write(`data: ${JSON.stringify(chunk({ content: `${word} ` }, null))}\n\n`)
    await delay(WORD_EVERY_MS)
  }
  response.end(`data: ${JSON.stringify(chunk({}, 'stop'))}\n\ndata: [DONE]\n\n`)
}

function chunk(delta: object, reason: string | null): object {
  const choices = [{ index: 0, delta, finish_reason: reason }]
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'home', choices }
}
