/**
 * The seam between the gateway and the HTTP client that it uses towards the upstream. The composition chooses the client
 * (docs/decisions/0001-own-http-client.md); test/gateway/transport/ says what each must do.
 */
export interface Transport {
  /**
   * Begins a call on a kept connection or a new one. The listener hears of every failure, and never before this returns.
   * Throws a TypeError for characters that HTTP forbids in a target or in a header line.
   */
  call(request: CallRequest, listener: CallListener): Call
  /** Closes idle connections at once, and busy ones when their answer has ended. */
  close(): void
  /** Ends everything at once: running calls fail. */
  destroy(): void
}

/** Opens no connection yet: each is opened by the call that needs it. */
export type OpenTransport = (upstream: TransportOptions) => Transport

export interface TransportOptions {
  /** Scheme, host and port count. A path is the business of each call. */
  readonly url: URL
  /** In PEM, to trust besides the well-known authorities; null for those alone. */
  readonly certificate: string | null
  readonly deadlines: UpstreamDeadlines
}

/** The head of a request. */
export interface CallRequest {
  readonly method: string
  /** Path and query, in origin-form. */
  readonly target: string
  /** Header lines as a flat list: name, value, name, value ... One character per byte. None says where the body ends. */
  readonly lines: readonly string[]
  /** Bytes of the body that follows; undefined for a request that announces none, `chunked` for an unknown length. */
  readonly bodyLength: number | 'chunked' | undefined
  /** Whether the call must not use a kept connection: another one has just been found dead. */
  readonly needsNewConnection: boolean
}

/** One request to the upstream and its answer: what its maker can do with it. */
export interface Call {
  /** Sends a piece of the body. False: wait for `onDrain` before the next one. */
  write(piece: Buffer): boolean
  /** Sends the last piece, if there is one more. Every request ends with this, also one without a body. */
  end(last?: Buffer): void
  /** Calls back once, when there is room for more of the body. */
  onDrain(listener: () => void): void
  /** Stops the answer from coming, for backpressure. */
  pause(): void
  resume(): void
  /** Closes the connection, so that the upstream stops working on the request. The listener hears nothing more. */
  abort(): void
}

/** Who is told of an answer as it comes. */
export interface CallListener {
  /** The final head; interim ones (1xx) are passed over. */
  onHead(head: AnswerHead): void
  /** The piece is the listener's own to keep. */
  onData(piece: Buffer): void
  /** The answer is whole; `last` is its last piece, where that was not given before. */
  onEnd(last: Buffer | undefined): void
  /**
   * The answer will not become whole: InvalidAnswer, ConnectionLost, UpstreamTimeout, or the system's or OpenSSL's own
   * error with its `code`. Not called after `onEnd`, nor after `abort`.
   */
  onError(error: Error): void
  /** One of the listener's own calls has thrown. The call is over then. */
  onFault(error: unknown): void
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  /** Header lines as a flat list: name in lower case, value, name, value ... One character per byte. */
  readonly lines: readonly string[]
  /** Bytes of the body that follows; negative where only the body itself tells. */
  readonly bodyLength: number
  /** Content-Encoding, of several lines joined; undefined when there is none. */
  readonly contentEncoding: string | undefined
}

/** What the upstream said is not valid HTTP/1.1, so nothing of it can be trusted. The message names no content. */
export class InvalidAnswer extends Error {
  /** What it is instead; `http` where it begins as an answer in HTTP does. TLS comes from a server that speaks nothing else. */
  readonly protocol: 'http' | 'tls' | 'other'

  constructor(message: string, protocol: InvalidAnswer['protocol'] = 'http') {
    super(message)
    this.protocol = protocol
  }
}

/** The upstream closed before the answer was whole. */
export class ConnectionLost extends Error {
  /** False: before a request could be sent, in the TLS handshake. */
  readonly wasOpen: boolean

  constructor(message: string, wasOpen = true) {
    super(message)
    this.wasOpen = wasOpen
  }
}

/**
 * How long the upstream may take for each phase of an exchange, in milliseconds. A generation has no deadline: the first
 * byte of an answer, and each piece behind it, may take for ever.
 */
export interface UpstreamDeadlines {
  /** Looking up the name, the TCP connection and the TLS handshake, together. */
  readonly connectMs: number
  /** Without the upstream taking any byte of a request that waits to be sent. A slow upload may last for ever. */
  readonly sendMs: number
  /** From the first byte of a head to its last, and from the last chunk of a body to the end behind it. */
  readonly headMs: number
  /**
   * After so much silence the system asks the upstream's computer for a sign of life (TCP keep-alive). libuv lets it ask
   * ten times, once a second, before the connection fails.
   */
  readonly keepAliveMs: number
}

export const UPSTREAM_DEADLINES: UpstreamDeadlines = {
  connectMs: 10_000,
  sendMs: 60_000,
  headMs: 30_000,
  keepAliveMs: 15_000,
}

/** The upstream let the deadline of a phase pass. */
export class UpstreamTimeout extends Error {
  readonly phase: 'connect' | 'handshake' | 'send' | 'head'

  constructor(phase: UpstreamTimeout['phase']) {
    super(`the upstream took too long (${phase})`)
    this.phase = phase
  }
}
