import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { buildConnector, Client, type Dispatcher, Pool } from 'undici'
import {
  type AnswerHead,
  type Call,
  type CallListener,
  type CallRequest,
  ConnectionLost,
  InvalidAnswer,
  type OpenTransport,
  type TransportOptions,
  type UpstreamDeadlines,
  UpstreamTimeout,
} from '../../../src-main/gateway/transport.ts'

const MAX_HEAD_BYTES = 64 * 1024
const IDLE_MS = 10_000
const IDLE_MARGIN_MS = 1_000

/** undici behind the gateway's seam: what Latchkey's own client is compared with. */
export const openUndici: OpenTransport = (options) => {
  const { origin } = options.url
  const clientOptions = optionsOf(options)
  const pool = new Pool(origin, clientOptions)
  return {
    call(request, listener) {
      if (!request.needsNewConnection) return new UndiciCall(pool, request, listener, options.deadlines)
      const client = new Client(origin, clientOptions)
      const call = new UndiciCall(client, request, listener, options.deadlines)
      void client.close()
      return call
    },
    close: () => void pool.close(),
    destroy: () => void pool.destroy(new ConnectionLost('the gateway is closing')),
  }
}

function optionsOf({ certificate, deadlines }: TransportOptions): Pool.Options {
  return {
    connect: connectorOf(certificate, deadlines),
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
    maxHeaderSize: MAX_HEAD_BYTES,
  }
}

/** undici's own, with the deadlines that it does not have: they count per socket. */
function connectorOf(certificate: string | null, deadlines: UpstreamDeadlines): buildConnector.connector {
  const trust = certificate === null ? {} : { ca: [...rootCertificates, certificate], allowPartialTrustChain: true }
  const connect = buildConnector({
    ...trust,
    allowH2: false,
    timeout: 0,
    keepAliveInitialDelay: deadlines.keepAliveMs,
  })
  return (options, callback) => {
    const socket = connect(options, (...result) => {
      clearTimeout(deadline)
      callback(...result)
    }) as unknown as Socket
    const late = () => socket.destroy(new UpstreamTimeout(socket.connecting ? 'connect' : 'handshake'))
    const deadline = setTimeout(late, deadlines.connectMs)
    // Node restarts the timeout whenever the upstream takes bytes.
    socket.setTimeout(deadlines.sendMs, () => {
      if (socket.writableLength > 0) socket.destroy(new UpstreamTimeout('send'))
    })
  }
}

class UndiciCall implements Call {
  readonly #listener: CallListener
  readonly #deadlines: UpstreamDeadlines
  readonly #method: string
  readonly #body: Readable | null
  #controller: Dispatcher.DispatchController | undefined
  #head: AnswerHead | undefined
  #headDeadline: NodeJS.Timeout | undefined
  #onDrain: (() => void) | undefined
  #isOver = false
  /** undici tells of a request that it does not accept before it returns. */
  #refused: Error | undefined

  constructor(dispatcher: Dispatcher, request: CallRequest, listener: CallListener, deadlines: UpstreamDeadlines) {
    this.#listener = listener
    this.#deadlines = deadlines
    this.#method = request.method
    this.#body = request.bodyLength === undefined ? null : new Readable({ read: () => this.#drain() })
    this.#body?.on('error', () => undefined)
    let isDispatching = true
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (controller: Dispatcher.DispatchController) => this.#begin(controller),
      onResponseStarted: () => this.#awaitHead(),
      onResponseStart: (controller: Dispatcher.DispatchController, status: number) =>
        this.#takeHead(controller, status),
      onResponseData: (_controller: Dispatcher.DispatchController, piece: Buffer) =>
        this.#tell(() => this.#listener.onData(piece)),
      onResponseEnd: () => this.#end(),
      onResponseError: (_controller: Dispatcher.DispatchController, error: Error) => {
        if (isDispatching) this.#refused = error
        else this.#fail(error)
      },
    }
    dispatcher.dispatch(dispatchOptions(request, this.#body), handler)
    isDispatching = false
    if (this.#refused !== undefined) throw new TypeError('undici refuses the request', { cause: this.#refused })
  }

  write(piece: Buffer): boolean {
    return this.#body?.push(piece) ?? true
  }

  end(last?: Buffer): void {
    if (last !== undefined && last.length > 0) this.#body?.push(last)
    this.#body?.push(null)
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(): void {
    this.#isOver = true
    clearTimeout(this.#headDeadline)
    this.#body?.destroy()
    this.#controller?.abort(new Error('aborted'))
  }

  #drain(): void {
    const listener = this.#onDrain
    this.#onDrain = undefined
    listener?.()
  }

  #begin(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('aborted'))
  }

  #awaitHead(): void {
    const late = () => this.#controller?.abort(new UpstreamTimeout('head'))
    this.#headDeadline = setTimeout(late, this.#deadlines.headMs)
  }

  #takeHead(controller: Dispatcher.DispatchController, status: number): void {
    clearTimeout(this.#headDeadline)
    if (status < 200) return
    const raw = (controller.rawHeaders ?? []) as Buffer[]
    const lines = raw.map((text, at) =>
      at % 2 === 0 ? text.toString('latin1').toLowerCase() : text.toString('latin1'),
    )
    const head = headOf(status, lines, this.#method)
    this.#head = head
    this.#tell(() => this.#listener.onHead(head))
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#listener.onEnd(undefined)
    } catch (fault) {
      this.#listener.onFault(fault)
    }
  }

  #fail(error: Error): void {
    clearTimeout(this.#headDeadline)
    this.#body?.destroy()
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#listener.onError(errorOf(error, this.#head !== undefined))
    } catch (fault) {
      this.#listener.onFault(fault)
    }
  }

  #tell(work: () => void): void {
    if (this.#isOver) return
    try {
      work()
    } catch (fault) {
      this.abort()
      this.#listener.onFault(fault)
    }
  }
}

function dispatchOptions(request: CallRequest, body: Readable | null): Dispatcher.DispatchOptions {
  const { method, target, lines, bodyLength } = request
  const length = typeof bodyLength === 'number' ? ['content-length', String(bodyLength)] : []
  return { method, path: target, headers: [...lines, ...length], body }
}

function headOf(status: number, lines: string[], method: string): AnswerHead {
  const all = (name: string) => lines.filter((_value, at) => at % 2 === 1 && lines[at - 1] === name)
  const length = all('content-length')[0]
  const hasNone = method === 'HEAD' || status === 204 || status === 304
  const codings = all('content-encoding')
  return {
    status,
    lines,
    bodyLength: hasNone ? 0 : length === undefined ? -1 : Number(length),
    contentEncoding: codings.length === 0 ? undefined : codings.join(','),
  }
}

/** Converts undici's errors to those of the transport interface. Errors of the system and OpenSSL are unchanged. */
function errorOf(error: Error & { code?: string; data?: unknown }, isBehindHead: boolean): Error {
  const { code, name, message } = error
  if (message.includes('Invalid EOF state')) return new ConnectionLost(message)
  if (name === 'HTTPParserError') return new InvalidAnswer(message, protocolOf(message, String(error.data)))
  switch (code) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new InvalidAnswer(message)
    case 'UND_ERR_SOCKET':
      return NOT_HTTP.has(message) ? new InvalidAnswer(message) : new ConnectionLost(message)
    // Before the head is whole it means that the lengths contradict one another.
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return isBehindHead ? new ConnectionLost(message) : new InvalidAnswer(message)
    case 'UND_ERR_DESTROYED':
      return new ConnectionLost(message)
    default:
      return error
  }
}

const TLS_RECORDS = ['\x15\x03', '\x16\x03']
const NOT_HTTP = new Set(['bad response', 'bad upgrade'])

/** `rest`: what undici could not read, and all behind it. */
function protocolOf(message: string, rest: string): InvalidAnswer['protocol'] {
  if (!message.includes('Expected HTTP/')) return 'http'
  return TLS_RECORDS.some((start) => rest.startsWith(start)) ? 'tls' : 'other'
}
