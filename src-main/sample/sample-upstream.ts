// sample upstream: canned answers, no model. A stand-in for Ollama, for `latchkey serve --demo` and for the tests.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { corsHeaders, guard } from './ollama-guards.ts'
import { SAMPLE_MODELS, SampleModels } from './sample-models.ts'
import type { SampleAnswer, SampleRequest } from './sample-request.ts'
import { route } from './sample-routes.ts'

export type { SampleRequest } from './sample-request.ts'

export interface SampleOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Milliseconds between the pieces of a streamed answer. Default 0. */
  readonly chunkDelayMs?: number
  /** Names of its models. */
  readonly models?: readonly string[]
  /** Names of further models, which it reports as cloud models. */
  readonly remoteModels?: readonly string[]
  /** Called with each request after its body has arrived, before the answer. */
  readonly onRequest?: (request: SampleRequest) => void
}

export interface SampleUpstream {
  /** Origin without a trailing slash: `http://127.0.0.1:54321`. */
  readonly url: string
  readonly port: number
  /** Ends running answers and frees the port. */
  close(): Promise<void>
}

/**
 * Starts a server with Ollama's API and canned answers: its routes in all three dialects, streamed and whole, with
 * counts (one word is one token), and its refusals of foreign origins and hosts. Rejects if the port is taken.
 */
export async function startSampleUpstream(options: SampleOptions = {}): Promise<SampleUpstream> {
  const models = new SampleModels(options.models ?? SAMPLE_MODELS, options.remoteModels)
  const host = options.host ?? '127.0.0.1'
  const server = createServer((request, response) => {
    void respond(request, response, models, options).catch(() => response.destroy())
  })
  // Like Go's server: idle connections stay open.
  server.keepAliveTimeout = 0
  const port = await listen(server, options.port ?? 0, host)
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: () => close(server) }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  models: SampleModels,
  options: SampleOptions,
): Promise<void> {
  const body = await readBody(request)
  options.onRequest?.(received(request, response, body))
  const answer = guard(request) ?? (await route(request, body, models))
  await send(request, response, answer, options.chunkDelayMs ?? 0)
}

function received(request: IncomingMessage, response: ServerResponse, body: Buffer): SampleRequest {
  const ended = new Promise<'whole' | 'cut'>((resolve) => {
    response.once('close', () => resolve(response.writableFinished ? 'whole' : 'cut'))
  })
  const { method = 'GET', url = '/', rawHeaders } = request
  return { method, url, rawHeaders, body, ended }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: SampleAnswer,
  chunkDelayMs: number,
): Promise<void> {
  const type = answer.contentType === undefined ? {} : { 'Content-Type': answer.contentType }
  const cors = answer.status === 403 ? {} : corsHeaders(request)
  response.writeHead(answer.status, { ...cors, ...type, ...answer.headers, ...lengthOf(answer) })
  if (typeof answer.body === 'string') {
    response.end(answer.body)
    return
  }
  for (const piece of answer.body) {
    if (response.destroyed) return
    if (!response.write(piece)) await writable(response)
    if (chunkDelayMs > 0) await delay(chunkDelayMs)
  }
  response.end()
}

function lengthOf(answer: SampleAnswer): Record<string, number> {
  if (typeof answer.body !== 'string' || answer.status === 204) return {}
  return { 'Content-Length': Buffer.byteLength(answer.body) }
}

/** Resolves when the buffer has room again, or when the client has left. */
function writable(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      resolve()
    }
    response.once('drain', settle).once('close', settle)
  })
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
