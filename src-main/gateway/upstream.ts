import { type Dispatcher, Pool } from 'undici'
import type { GatewayConfig } from './ports.ts'

// Go's HTTP server, which Ollama uses, keeps idle connections open; undici closes first, so that no request meets a
// connection that is just being closed by the other side.
const IDLE_MS = 10_000
const CONNECT_MS = 10_000
const PROBE_MS = 3_000
// Keyless requests may ask whether the upstream is up: however many come, it is asked once a second.
const FRESH_MS = 1_000
const PROBE_LIMIT = 4 * 1024 * 1024

/** An upstream's address, taken apart once. */
export interface Target {
  readonly url: string
  readonly host: string
  /** Path in front of every request's own, without a slash at its end; mostly empty. */
  readonly prefix: string
  readonly pool: Pool
}

/** The connections to the upstream. Follows the setting: the next request after a change goes to the new address. */
export class Upstream {
  readonly #config: () => GatewayConfig
  readonly #now: () => number
  #target: Target | undefined
  #lastLook: { at: number; url: string; up: Promise<boolean> } | undefined

  constructor(options: { config: () => GatewayConfig; now: () => number }) {
    this.#config = options.config
    this.#now = options.now
  }

  /** Where requests go now. */
  target(url: string): Target {
    if (this.#target?.url === url) return this.#target
    // Running exchanges end on the old connections.
    void this.#target?.pool.close()
    this.#target = openTarget(url)
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

  /** GETs a path of the upstream; undefined when it does not answer within 3 seconds. */
  async probe(path: string): Promise<{ status: number; body: string } | undefined> {
    const { upstream, upstreamCredential } = this.#config()
    const { pool, prefix } = this.target(upstream)
    try {
      const answer = await pool.request({
        method: 'GET',
        path: prefix + path,
        headers: upstreamCredential === null ? {} : { authorization: upstreamCredential },
        signal: AbortSignal.timeout(PROBE_MS),
      })
      return { status: answer.statusCode, body: await readText(answer.body) }
    } catch {
      return undefined
    }
  }

  async close(): Promise<void> {
    await this.#target?.pool.destroy()
    this.#target = undefined
  }
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body) {
    size += (piece as Buffer).length
    if (size > PROBE_LIMIT) throw new Error('the answer is too long for a probe')
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function openTarget(url: string): Target {
  const { origin, host, pathname } = new URL(url)
  const pool = new Pool(origin, {
    connect: { timeout: CONNECT_MS },
    keepAliveTimeout: IDLE_MS,
    // A generation may think for as long as it likes before its first token and between two.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  })
  return { url, host, prefix: pathname.replace(/\/+$/, ''), pool }
}
