import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { judgeVersion, type ProbeAnswer, VERSION_PATH } from '#shared/upstreams/version-answer.ts'
import type { GatewayConfig } from '../ports.ts'
import {
  ConnectionLost,
  type OpenTransport,
  type Transport,
  UPSTREAM_DEADLINES,
  type UpstreamDeadlines,
} from '../transport.ts'
import { probeUpstream, speaksTls } from './probe-upstream.ts'
import { refusalOf } from './upstream-errors.ts'

// Requests without a key can cause checks of the upstream, so there is at most one check per second.
const FRESH_MS = 1_000

/** The upstream's address and its trusted certificates. */
type TargetConfig = Pick<GatewayConfig, 'upstream' | 'upstreamCertificate'>

/** An upstream's address, parsed once. */
export interface Target {
  readonly url: string
  readonly certificate: string | null
  readonly host: string
  /** Prefix of every request's path, without a trailing slash; usually empty. */
  readonly prefix: string
  readonly transport: Transport
}

/** The connections to the upstream. After a change of the setting the next request goes to the new address. */
export class Upstream {
  readonly #config: () => GatewayConfig
  readonly #now: () => number
  readonly #open: OpenTransport
  readonly #deadlines: UpstreamDeadlines
  #target: Target | undefined
  #lastLook: { at: number; of: GatewayConfig; found: Promise<UpstreamFault | null> } | undefined

  constructor(options: {
    config: () => GatewayConfig
    now: () => number
    openTransport: OpenTransport
    deadlines?: Partial<UpstreamDeadlines> | undefined
  }) {
    this.#config = options.config
    this.#now = options.now
    this.#open = options.openTransport
    this.#deadlines = { ...UPSTREAM_DEADLINES, ...options.deadlines }
  }

  /** The current target of requests. */
  target({ upstream, upstreamCertificate }: TargetConfig): Target {
    if (this.#target?.url === upstream && this.#target.certificate === upstreamCertificate) return this.#target
    // Running exchanges continue on the old connections.
    this.#target?.transport.close()
    this.#target = this.#openTarget(upstream, upstreamCertificate)
    return this.#target
  }

  /** The upstream's fault; null if it answers like Ollama. Checks at most once a second. */
  fault(): Promise<UpstreamFault | null> {
    const config = this.#config()
    const now = this.#now()
    if (this.#lastLook === undefined || !isSame(this.#lastLook.of, config) || now - this.#lastLook.at >= FRESH_MS) {
      const found = this.probe(VERSION_PATH).then((answer) => {
        const seen = judgeVersion(answer)
        return 'fault' in seen ? seen.fault : null
      })
      this.#lastLook = { at: now, of: { ...config }, found }
    }
    return this.#lastLook.found
  }

  /** The refusal for an error of the upstream. Probes the server only if it closed the connection without an answer. */
  faultOf(error: Error): UpstreamFault | Promise<UpstreamFault> {
    const fault = refusalOf(error)
    const target = this.#target
    if (!(error instanceof ConnectionLost) || target === undefined || !target.url.startsWith('http:')) return fault
    const { hostname, port } = new URL(target.url)
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    return speaksTls(host, Number(port || 80)).then((yes) => (yes ? 'upstream_needs_tls' : fault))
  }

  /** GETs a path of the upstream, or POSTs JSON; undefined without an answer within 3 seconds. */
  probe(path: string, body?: string): Promise<ProbeAnswer> {
    const config = this.#config()
    return probeUpstream(this.target(config), path, config, (error) => this.faultOf(error), body)
  }

  #openTarget(url: string, certificate: string | null): Target {
    const address = new URL(url)
    const prefix = address.pathname.replace(/\/+$/, '')
    const transport = this.#open({ url: address, certificate, deadlines: this.#deadlines })
    return { url, certificate, host: address.host, prefix, transport }
  }

  close(): void {
    const target = this.#target
    this.#target = undefined
    target?.transport.destroy()
  }
}

function isSame(one: GatewayConfig, other: GatewayConfig): boolean {
  return (
    one.upstream === other.upstream &&
    one.upstreamCredential === other.upstreamCredential &&
    one.upstreamCertificate === other.upstreamCertificate
  )
}
