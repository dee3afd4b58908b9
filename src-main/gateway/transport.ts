/**
 * The interface between the gateway and its HTTP client for the upstream. The composition root chooses the client
 * (docs/decisions/0001-own-http-client.md). test/gateway/transport/ specifies what each client must do.
 */
export interface Transport {
  /**
   * Starts a call on a kept or a new connection. Reports every failure to the listener, but never before this returns.
   * Throws a TypeError for characters that HTTP forbids in a target or in a header line.
   */
  call(request: CallRequest, listener: CallListener): Call
  /** Closes idle connections at once, and busy ones after their answer. */
  close(): void
  /** Closes all connections at once; running calls fail. */
  destroy(): void
}

/** Opens no connection yet. Each is opened by the first call that needs it. */
export type OpenTransport = (upstream: TransportOptions) => Transport

export interface TransportOptions {
  /** Only scheme, host and port are used. Each call has its own path. */
  readonly url: URL
  /** Additional trusted certificates in PEM; null for only the well-known authorities. */
  readonly certificate: string | null
  readonly deadlines: UpstreamDeadlines
}

/** The head of a request. */
export interface CallRequest {
  readonly method: string
  /** Path and query, in origin-form. */
  readonly target: string
  /** Header lines as a flat list: name, value, name, value ... One character per byte. Contains no framing headers. */
  readonly lines: readonly string[]
  /** Length of the body in bytes; undefined for a request without one, `chunked` for an unknown length. */
  readonly bodyLength: number | 'chunked' | undefined
  /** True if the call must use a new connection, because a kept one has just been found dead. */
  readonly needsNewConnection: boolean
}

/** One request to the upstream and its answer, for the caller. */
export interface Call {
  /** Sends a piece of the body. False: wait for `onDrain` before the next one. */
  write(piece: Buffer): boolean
  /** Sends the last piece, if any. Every request must end with this, even without a body. */
  end(last?: Buffer): void
  /** Calls back once, when there is room for more of the body. */
  onDrain(listener: () => void): void
  /** Pauses the answer, for backpressure. */
  pause(): void
  resume(): void
  /** Closes the connection, so that the upstream stops working on the request. The listener is not called any more. */
  abort(): void
}

/** Receives an answer as it arrives. */
export interface CallListener {
  /** Called with the final head. Interim answers (1xx) are skipped. */
  onHead(head: AnswerHead): void
  /** The listener may keep the piece. */
  onData(piece: Buffer): void
  /** The answer is complete. `last` is its last piece unless that was passed before. */
  onEnd(last: Buffer | undefined): void
  /**
   * The answer failed: InvalidAnswer, ConnectionLost, UpstreamTimeout, or an error of the system or OpenSSL with its
   * `code`. Not called after `onEnd` or `abort`.
   */
  onError(error: Error): void
  /** A method of the listener has thrown. The call has ended. */
  onFault(error: unknown): void
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  /** Header lines as a flat list: name in lower case, value, name, value ... One character per byte. */
  readonly lines: readonly string[]
  /** Length of the body in bytes; negative if only the body shows its end. */
  readonly bodyLength: number
  /** Content-Encoding, joined if there are several lines; undefined without one. */
  readonly contentEncoding: string | undefined
}

/** The answer is not valid HTTP/1.1, so none of it can be trusted. The message contains no part of it. */
export class InvalidAnswer extends Error {
  /** The protocol of the bytes; `http` if they begin like an HTTP answer. A server that speaks only TLS sends `tls`. */
  readonly protocol: 'http' | 'tls' | 'other'

  constructor(message: string, protocol: InvalidAnswer['protocol'] = 'http') {
    super(message)
    this.protocol = protocol
  }
}

/** The upstream closed the connection before the answer was complete. */
export class ConnectionLost extends Error {
  /** False if the connection closed during the TLS handshake, before a request could be sent. */
  readonly wasOpen: boolean

  constructor(message: string, wasOpen = true) {
    super(message)
    this.wasOpen = wasOpen
  }
}

/**
 * Deadlines for the phases of an exchange, in milliseconds. A generation has no deadline: the first byte of an answer and
 * each later piece may take any time.
 */
export interface UpstreamDeadlines {
  /** For the name look-up, the TCP connection and the TLS handshake together. */
  readonly connectMs: number
  /** For a time in which the upstream takes no byte of the request. A slow upload may take any time. */
  readonly sendMs: number
  /** From the first to the last byte of a head, and from the last chunk to the end of the trailers. */
  readonly headMs: number
  /**
   * The silence after which the system probes the upstream's computer (TCP keep-alive). libuv configures ten probes, one
   * per second, before the connection fails.
   */
  readonly keepAliveMs: number
}

export const UPSTREAM_DEADLINES: UpstreamDeadlines = {
  connectMs: 10_000,
  sendMs: 60_000,
  headMs: 30_000,
  keepAliveMs: 15_000,
}

/** The upstream missed the deadline of a phase. */
export class UpstreamTimeout extends Error {
  readonly phase: 'connect' | 'handshake' | 'send' | 'head'

  constructor(phase: UpstreamTimeout['phase']) {
    super(`the upstream took too long (${phase})`)
    this.phase = phase
  }
}
