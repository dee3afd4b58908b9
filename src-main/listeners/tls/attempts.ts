import type { Socket } from 'node:net'

/** Bounds for connections of other devices that have not finished their handshake. */
export const ATTEMPT_LIMITS = {
  /** From the connection's start to the end of its handshake, or to the end of a plain answer, in ms. */
  timeoutMs: 10_000,
  most: 256,
  mostPerAddress: 32,
} as const

export type AttemptLimits = { readonly [L in keyof typeof ATTEMPT_LIMITS]: number }

/** Longest delay of a deadline. */
const LOOK_EVERY_MS = 1_000
const LOOKS_IN_TIMEOUT = 4

interface Attempt {
  readonly address: string
  /** Milliseconds on the monotonic clock. */
  readonly at: number
}

/**
 * Connections that are not secure yet. Each ends after a fixed time, however busy it is, because a client could send its
 * handshake byte by byte. A new one replaces the oldest: an honest handshake takes milliseconds, so a flood does not
 * keep it out.
 */
export class Attempts {
  readonly #limits: AttemptLimits
  /** Oldest first. */
  readonly #all = new Map<Socket, Attempt>()
  readonly #ofAddress = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(limits: AttemptLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#all.size
  }

  /** Counts the socket until it is released or closes. */
  add(socket: Socket, address: string): void {
    const { most, mostPerAddress } = this.#limits
    if (this.#countOf(address) >= mostPerAddress) this.#endOldest(address)
    if (this.#all.size >= most) this.#endOldest()
    this.#all.set(socket, { address, at: performance.now() })
    this.#ofAddress.set(address, this.#countOf(address) + 1)
    socket.once('close', () => this.release(socket))
    this.#watch()
  }

  /** The connection is secure; nothing here ends it any more. */
  release(socket: Socket): void {
    const attempt = this.#all.get(socket)
    if (attempt === undefined) return
    this.#all.delete(socket)
    const left = this.#countOf(attempt.address) - 1
    if (left > 0) this.#ofAddress.set(attempt.address, left)
    else this.#ofAddress.delete(attempt.address)
    if (this.#all.size === 0) this.#stop()
  }

  #countOf(address: string): number {
    return this.#ofAddress.get(address) ?? 0
  }

  #endOldest(address?: string): void {
    for (const [socket, attempt] of this.#all)
      if (address === undefined || attempt.address === address) return this.#end(socket)
  }

  #end(socket: Socket): void {
    this.release(socket)
    socket.destroy()
  }

  #watch(): void {
    const every = Math.min(LOOK_EVERY_MS, this.#limits.timeoutMs / LOOKS_IN_TIMEOUT)
    this.#timer ??= setInterval(() => this.#look(), every).unref()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const latest = performance.now() - this.#limits.timeoutMs
    for (const [socket, { at }] of this.#all) {
      if (at > latest) return
      this.#end(socket)
    }
  }
}
