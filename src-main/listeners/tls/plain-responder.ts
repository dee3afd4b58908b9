import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { dialectOf, errorBody } from '#shared/gateway/dialects.ts'
import { urlHost } from '#shared/settings/network.ts'
import type { TrustAnswer, TrustRequest } from '../ports.ts'

export interface PlainResponderOptions {
  /** False for a foreign name in the Host header, by which a page could reach this computer (DNS rebinding). */
  readonly isOwnName: (name: string) => boolean
  /** undefined if there is no such page. */
  readonly answerTrust: (request: TrustRequest) => TrustAnswer | undefined
  /** True if there is a trust page. */
  readonly hasTrustPage: () => boolean
  readonly now: () => number
  /** Called for each request. */
  readonly onRequest: (address: string, userAgent: string | undefined) => void
}

const MAX_HEADER_BYTES = 8 * 1024
/** A longer body is not read. A client that closes with unread data would be reset, and might miss the answer. */
const MOST_BODY = 1024 * 1024
const UPGRADE_REQUIRED = 426
const API_PATH = /^\/(?:api|v1)(?:\/|$)|\/(?:api|v1)\//

/**
 * Answers HTTP without TLS where TLS is required: with the trust page, or with a sentence that names the https address.
 * It never reads a key and forwards nothing. One request per connection; the entrance's deadline ends a slow one.
 */
export class PlainResponder {
  readonly #options: PlainResponderOptions
  readonly #server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 0, requireHostHeader: false })

  constructor(options: PlainResponderOptions) {
    this.#options = options
    this.#server
      .on('request', (request, response) => this.#whenRead(request, response))
      .on('checkContinue', (request, response) => this.#answer(request, response))
      .on('checkExpectation', (request, response) => this.#answer(request, response))
      .on('clientError', (_error, socket) => socket.destroy())
      .on('connect', (_request, socket) => socket.destroy())
  }

  /** Takes a connection with an error handler. */
  take(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  #whenRead(request: IncomingMessage, response: ServerResponse): void {
    this.#options.onRequest(request.socket.remoteAddress ?? '', request.headers['user-agent'])
    let size = 0
    const answer = () => this.#answer(request, response)
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_BODY) answer()
    })
    request.once('end', answer)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) return
    response.on('error', () => undefined)
    const { status, headers, body } = this.#answerTo(request)
    response.writeHead(status, {
      ...headers,
      'Content-Length': Buffer.byteLength(body),
      Connection: connectionOf(status),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  #answerTo(request: IncomingMessage): TrustAnswer {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const host = hostOf(request)
    if (!this.#options.isOwnName(nameOf(host))) return refusal(request, path, 403, FOREIGN)
    return this.#trustAnswer(request, path, host) ?? this.#useTls(request, path, host)
  }

  #trustAnswer(request: IncomingMessage, path: string, host: string): TrustAnswer | undefined {
    const { method } = request
    const isTrustPath = path === '/trust' || path.startsWith('/trust/')
    if (!isTrustPath || (method !== 'GET' && method !== 'HEAD')) return undefined
    const { 'accept-language': acceptLanguage, 'user-agent': userAgent } = request.headers
    const time = this.#options.now()
    return this.#options.answerTrust({ method, path, acceptLanguage, userAgent, isSecure: false, host, time })
  }

  #useTls(request: IncomingMessage, path: string, host: string): TrustAnswer {
    const trust = this.#options.hasTrustPage()
      ? ` To make this device trust its certificate first, open http://${host}/trust in its browser.`
      : ''
    const sentence = `This address accepts only https: use https://${host} instead.${trust}`
    return refusal(request, path, UPGRADE_REQUIRED, sentence)
  }
}

const FOREIGN =
  'Latchkey does not accept this host name. Use this computer’s name or address, or add the name in Latchkey’s settings.'

/** The Host header, or the address that the client connected to. Empty if there are two, which servers read differently. */
function hostOf({ headers, headersDistinct, socket }: IncomingMessage): string {
  if ((headersDistinct['host']?.length ?? 0) > 1) return ''
  return headers.host || `${urlHost(socket.localAddress ?? '')}:${socket.localPort ?? ''}`
}

function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
}

/** RFC 9110 section 15.5.22: 426 names the protocol that is needed. */
function connectionOf(status: number): string {
  return status === UPGRADE_REQUIRED ? 'Upgrade, close' : 'close'
}

function refusal(request: IncomingMessage, path: string, status: number, sentence: string): TrustAnswer {
  const isForProgram = API_PATH.test(path) || request.method !== 'GET'
  const code = status === UPGRADE_REQUIRED ? 'https_required' : 'host_not_allowed'
  return {
    status,
    headers: {
      'Content-Type': isForProgram ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Latchkey-Refusal': code,
      ...(status === UPGRADE_REQUIRED ? { Upgrade: 'TLS/1.2, HTTP/1.1', 'Access-Control-Allow-Origin': '*' } : {}),
    },
    body: isForProgram ? JSON.stringify(errorBody(dialectOf(path), status, code, sentence)) : `${sentence}\n`,
  }
}
