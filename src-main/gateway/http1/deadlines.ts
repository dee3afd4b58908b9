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
