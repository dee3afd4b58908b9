import type { Settings } from '#shared/settings/settings.ts'
import type { GatewayConfig } from '../../gateway/ports.ts'
import { isPaused } from '../../settings/pause.ts'
import { authorizationFor, type HeldCredential } from '../../upstreams/credential.ts'

export interface GatewayConfigOptions {
  readonly settings: () => Settings
  /** The upstream's address according to the settings. */
  readonly upstream: (settings: Settings) => string
  /** The upstream's own key, or null. The same object until it changes. */
  readonly upstreamKey: () => HeldCredential | null
  /** Names, besides the loopback ones, under which others reach the gateway. The same set until they change. */
  readonly ownNames: (settings: Settings) => ReadonlySet<string>
  /** True while every request must be refused, whatever the settings say. */
  readonly isShut: () => boolean
  /** True while every request must be refused because the shared database is away. */
  readonly isCutOff: () => boolean
  readonly now: () => number
}

/** The gateway's configuration. The gateway reads it for each request, so it is built only after a change of its parts. */
export class GatewayConfigSource {
  readonly #options: GatewayConfigOptions
  #builtFrom: readonly unknown[] = []
  #config: GatewayConfig | undefined

  constructor(options: GatewayConfigOptions) {
    this.#options = options
  }

  read(): GatewayConfig {
    const { ownNames, upstreamKey, isShut, isCutOff, now } = this.#options
    const settings = this.#options.settings()
    const databaseAway = isCutOff()
    const paused = !databaseAway && (isShut() || isPaused(settings.paused, now()))
    const parts = [settings, paused, databaseAway, ownNames(settings), upstreamKey()] as const
    if (this.#config !== undefined && parts.every((part, index) => part === this.#builtFrom[index])) return this.#config
    this.#builtFrom = parts
    this.#config = this.#build(...parts)
    return this.#config
  }

  #build(
    settings: Settings,
    paused: boolean,
    databaseAway: boolean,
    ownNames: ReadonlySet<string>,
    upstreamKey: HeldCredential | null,
  ): GatewayConfig {
    const upstream = this.#options.upstream(settings)
    return {
      upstream,
      upstreamCredential: authorizationFor(upstreamKey, upstream),
      upstreamCertificate: settings.upstreamCertificate,
      paused,
      databaseAway,
      cookieCarrier: settings.cookieCarrier,
      hosts: new Set([...settings.extraHosts, ...ownNames]),
    }
  }
}
