import type { Settings } from '#shared/settings/settings.ts'
import type { GatewayConfig } from '../gateway/ports.ts'
import { isPaused } from '../settings/pause.ts'
import { authorizationFor, type HeldCredential } from '../upstreams/credential.ts'

export interface GatewayConfigOptions {
  readonly settings: () => Settings
  /** Which upstream the settings mean. */
  readonly upstream: (settings: Settings) => string
  /** The upstream's own key, or null. The same object until it changes. */
  readonly upstreamKey: () => HeldCredential | null
  /** Names, besides the loopback ones, under which others reach the gateway. The same set until they change. */
  readonly ownNames: (settings: Settings) => ReadonlySet<string>
  /** Nobody may come in for a moment, whatever the settings say. */
  readonly isShut: () => boolean
  readonly now: () => number
}

/** What the gateway reads for each request; made anew only when something in it has changed. */
export function createGatewayConfig(options: GatewayConfigOptions): () => GatewayConfig {
  let madeOf: readonly unknown[] = []
  let config: GatewayConfig | undefined
  return () => {
    const settings = options.settings()
    const paused = options.isShut() || isPaused(settings.paused, options.now())
    const ownNames = options.ownNames(settings)
    const upstreamKey = options.upstreamKey()
    const madeNowOf = [settings, paused, ownNames, upstreamKey]
    if (config !== undefined && madeNowOf.every((part, index) => part === madeOf[index])) return config
    madeOf = madeNowOf
    const upstream = options.upstream(settings)
    config = {
      upstream,
      upstreamCredential: authorizationFor(upstreamKey, upstream),
      upstreamCertificate: settings.upstreamCertificate,
      paused,
      cookieCarrier: settings.cookieCarrier,
      hosts: new Set([...settings.extraHosts, ...ownNames]),
    }
    return config
  }
}
