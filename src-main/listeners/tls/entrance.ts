import { createServer, type Server, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { LanFailure } from '#shared/lan/lan.ts'
import { ATTEMPT_LIMITS, type AttemptLimits, Attempts } from './attempts.ts'
import { failureReason } from './failure-reason.ts'

/** What the entrance tells of connections of other devices. Each call must return at once. */
export interface EntranceObserver {
  arrived(address: string): void
  failed(address: string, reason: LanFailure): void
  /** The handshake is done. A device that refuses the certificate only afterwards fails before its first request. */
  secured(address: string): void
}

/** How connections are treated. `context` is null while there is no certificate; then none becomes secure. */
export type EntranceMode =
  | { readonly tls: false }
  | { readonly tls: true; readonly context: SecureContext | null; readonly names: readonly string[] }

export interface EntranceOptions {
  readonly observer: EntranceObserver
  /** Answers a connection without TLS, where TLS is required. */
  readonly answerPlain: (socket: Socket) => void
  /** For tests, which cannot wait for the real ones. */
  readonly limits?: Partial<AttemptLimits>
}

type Serve = (socket: Socket) => void

/** RFC 8446 section 5.1: the content type of a record with a handshake. */
const HANDSHAKE = 0x16
const FIRST_LETTER = 0x41
const LAST_LETTER = 0x7a

/**
 * The doors for other devices. Every accepted socket has an error handler before its first byte, and a deadline until it
 * is secure. A change of the mode needs no new listener and ends no secure connection.
 */
export class Entrance {
  readonly #options: EntranceOptions
  readonly #attempts: Attempts
  /** Connections that reached the gateway without TLS. */
  readonly #plain = new Set<Socket>()
  #mode: EntranceMode = { tls: true, context: null, names: [] }

  constructor(options: EntranceOptions) {
    this.#options = options
    this.#attempts = new Attempts({ ...ATTEMPT_LIMITS, ...options.limits })
  }

  /** Connections that are not secure yet. */
  get pending(): number {
    return this.#attempts.size
  }

  /** Applies to new connections. With TLS, those that reached the gateway without it end. */
  setMode(mode: EntranceMode): void {
    this.#mode = mode
    if (mode.tls) for (const socket of this.#plain) socket.destroy()
  }

  /** `serve` gets each connection that may reach the gateway. */
  async open(_host: string, serve: Serve): Promise<{ readonly server: Server; end(): void }> {
    const arriving = new Set<Socket>()
    // Like node:http, which handles the end of the client's side itself.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      arriving.add(socket)
      const leave = () => arriving.delete(socket)
      socket.once('close', leave)
      this.#accept(socket, (ready) => {
        leave()
        serve(ready)
      })
    })
    const end = () => {
      for (const socket of arriving) socket.destroy()
    }
    return { server, end }
  }

  #accept(socket: Socket, serve: Serve): void {
    socket.on('error', ignore)
    const address = socket.remoteAddress
    // The client has left already.
    if (address === undefined) return void socket.destroy()
    this.#options.observer.arrived(address)
    if (!this.#mode.tls) return this.#servePlain(socket, serve)
    // TLS has no half-open connections.
    socket.allowHalfOpen = false
    this.#attempts.add(socket, address)
    socket.once('end', () => socket.destroy())
    this.#awaitFirstByte(socket, address, serve)
  }

  #servePlain(socket: Socket, serve: Serve): void {
    this.#plain.add(socket)
    socket.once('close', () => this.#plain.delete(socket))
    serve(socket)
  }

  #awaitFirstByte(socket: Socket, address: string, serve: Serve): void {
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null
      if (first === null) return socket.destroyed ? undefined : this.#awaitFirstByte(socket, address, serve)
      socket.unshift(first)
      const [type = 0] = first
      if (type === HANDSHAKE) this.#secure(socket, address, serve)
      else this.#answerPlain(socket, address, type)
    })
  }

  #answerPlain(socket: Socket, address: string, first: number): void {
    // No method of HTTP begins with it.
    if (first < FIRST_LETTER || first > LAST_LETTER) return void socket.destroy()
    this.#options.observer.failed(address, 'plain_http')
    this.#options.answerPlain(socket)
  }

  #secure(raw: Socket, address: string, serve: Serve): void {
    const mode = this.#mode
    if (!mode.tls || mode.context === null) return void raw.destroy()
    const localAddress = raw.localAddress ?? ''
    let serverName: string | undefined
    let isDone = false
    const socket = new TLSSocket(raw, {
      isServer: true,
      secureContext: mode.context,
      requestCert: false,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      SNICallback(name, done) {
        serverName = name
        done(null)
      },
    })
    const { observer } = this.#options
    const reason = (error: NodeJS.ErrnoException | null) =>
      failureReason({ error, serverName, localAddress, names: mode.names })
    const fail = (error: NodeJS.ErrnoException | null) => {
      if (isDone) return
      isDone = true
      observer.failed(address, reason(error))
      socket.destroy()
    }
    socket.on('error', fail)
    socket.once('close', () => fail(null))
    socket.once('secure', () => {
      isDone = true
      // Node keeps an address that was read once. The record of an exchange needs it after the connection has closed.
      void socket.remoteAddress
      this.#attempts.release(raw)
      observer.secured(address)
      socket.once('close', () => socket.bytesRead === 0 && observer.failed(address, reason(null)))
      serve(socket)
    })
  }
}

function ignore(): void {
  // The connection closes, which is all there is to do.
}
