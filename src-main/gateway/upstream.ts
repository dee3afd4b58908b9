import type { GatewayConfig } from './ports.ts'
import { probeUpstream } from './probe-upstream.ts'
import { ConnectionPool } from './upstream/connection-pool.ts'
import { UPSTREAM_DEADLINES, type UpstreamDeadlines } from './upstream/deadlines.ts'

// Keyless requests may ask whether the upstream is up: however many come, it is asked once a second.
const FRESH_MS = 1_000

/** An upstream's address, taken apart once. */
export interface Target {
  readonly url: string
  readonly host: string
  /** Path in front of every request's own, without a slash at its end; mostly empty. */
  readonly prefix: string
  readonly pool: ConnectionPool
}

/** The connections to the upstream. Follows the setting: the next request after a change goes to the new address. */
export class Upstream {
  readonly #config: () => GatewayConfig
  readonly #now: () => number
  readonly #deadlines: UpstreamDeadlines
  #target: Target | undefined
  #lastLook: { at: number; url: string; up: Promise<boolean> } | undefined

  constructor(options: {
    config: () => GatewayConfig
    now: () => number
    deadlines?: Partial<UpstreamDeadlines> | undefined
  }) {
    this.#config = options.config
    this.#now = options.now
    this.#deadlines = { ...UPSTREAM_DEADLINES, ...options.deadlines }
  }

  /** Where requests go now. */
  target(url: string): Target {
    if (this.#target?.url === url) return this.#target
    // Running exchanges end on the old connections.
    this.#target?.pool.close()
    this.#target = openTarget(url, this.#deadlines)
    return this.#target
  }

  /** Whether the upstream answers at all. At most one look a second. */
  isUp(): Promise<boolean> {
    const { upstream: url } = this.#config()
    const now = this.#now()
    if (this.#lastLook === undefined || this.#lastLook.url !== url || now - this.#lastLook.at >= FRESH_MS) {
      this.#lastLook = {
        at: now,
        url,
        up: this.probe('/').then((answer) => answer !== undefined && answer.status < 500),
      }
    }
    return this.#lastLook.up
  }

  /** GETs a path of the upstream, or POSTs JSON; undefined when it does not answer within 3 seconds. */
  probe(path: string, body?: string): Promise<{ status: number; body: string } | undefined> {
    const { upstream, upstreamCredential } = this.#config()
    return probeUpstream(this.target(upstream), path, upstreamCredential, body)
  }

  close(): void {
    this.#target?.pool.destroy()
    this.#target = undefined
  }
}

function openTarget(url: string, deadlines: UpstreamDeadlines): Target {
  const address = new URL(url)
  const prefix = address.pathname.replace(/\/+$/, '')
  return { url, host: address.host, prefix, pool: new ConnectionPool(address, deadlines) }
}
