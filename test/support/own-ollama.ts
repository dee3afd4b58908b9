import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface OwnOllama {
  readonly url: string
  /** Method and path of each request, oldest first. */
  readonly heard: string[]
  /** Bodies of the requests that would run a model. */
  readonly ran: string[]
  /** Models by full name, with their remote host, or null for local ones. `/api/tags` and `/api/show` report them. */
  readonly models: Map<string, { host: string | null; inTags?: false; inShow?: false }>
  /** While false, it answers only chats. */
  tells: boolean
  close(): void
}

/**
 * A small Ollama that really copies and creates models. A test can change them, like an owner who bypasses the gateway.
 */
export async function startOwnOllama(names: readonly string[]): Promise<OwnOllama> {
  const ollama: OwnOllama = {
    url: '',
    heard: [],
    ran: [],
    models: new Map(names.map((name) => [name, { host: null }])),
    tells: true,
    close: () => server.close(() => undefined) && server.closeAllConnections(),
  }
  const server = createServer((request, response) => {
    void answer(request, ollama).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(ollama, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

type Answer = { status: number; body: object }

async function answer(request: IncomingMessage, ollama: OwnOllama): Promise<Answer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString()
  const { method = '', url = '' } = request
  ollama.heard.push(`${method} ${url}`)
  const told = ['/api/tags', '/api/show'].includes(url)
  if (told && !ollama.tells) return { status: 500, body: { error: 'not now' } }
  switch (url) {
    case '/api/tags':
      return { status: 200, body: { models: [...ollama.models].map(([name, model]) => tagOf(name, model)) } }
    case '/api/version':
      return { status: 200, body: { version: '0.30.0' } }
    case '/api/show':
      return cardOf(ollama, named(text, 'model'))
    case '/api/copy':
      ollama.models.set(named(text, 'destination'), ollama.models.get(named(text, 'source')) ?? { host: null })
      return { status: 200, body: {} }
    case '/api/create':
      ollama.models.set(named(text, 'model'), {
        host: (JSON.parse(text) as { remote_host?: string }).remote_host ?? null,
      })
      return { status: 200, body: { status: 'success' } }
    default:
      ollama.ran.push(text)
      return { status: 200, body: { model: 'x', message: { role: 'assistant', content: 'hi' }, done: true } }
  }
}

function tagOf(name: string, { host, inTags }: { host: string | null; inTags?: false }): object {
  const remote = host === null || inTags === false ? {} : { remote_host: host, remote_model: 'big' }
  return { name, model: name, digest: `sha256:${name}${host ?? ''}`, ...remote }
}

function cardOf({ models }: OwnOllama, name: string): Answer {
  const found = models.get(name)
  if (found === undefined) return { status: 404, body: { error: `model '${name}' not found` } }
  const { host, inShow } = found
  return { status: 200, body: host === null || inShow === false ? {} : { remote_host: host, remote_model: 'big' } }
}

function named(text: string, field: string): string {
  const name = String((JSON.parse(text) as Record<string, unknown>)[field])
  return name.includes(':') ? name : `${name}:latest`
}
