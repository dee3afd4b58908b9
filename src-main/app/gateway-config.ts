import type { Settings } from '#shared/settings.ts'
import type { GatewayConfig } from '../gateway/ports.ts'
import { isPaused } from './pause.ts'

export interface GatewayConfigOptions {
  readonly settings: () => Settings
  /** Which upstream the settings mean. */
  readonly upstream: (settings: Settings) => string
  /** The upstream's own key, or undefined. */
  readonly upstreamKey: string | undefined
  /** Names, besides the loopback ones, under which the gateway can be reached. The same set until they change. */
  readonly ownNames: () => ReadonlySet<string>
  readonly now: () => number
}

/** What the gateway reads for each request; made anew only when something in it has changed. */
export function createGatewayConfig(options: GatewayConfigOptions): () => GatewayConfig {
  let madeOf: readonly unknown[] = []
  let config: GatewayConfig | undefined
  return () => {
    const settings = options.settings()
    const paused = isPaused(settings.paused, options.now())
    const ownNames = options.ownNames()
    if (config !== undefined && madeOf[0] === settings && madeOf[1] === paused && madeOf[2] === ownNames) return config
    madeOf = [settings, paused, ownNames]
    config = {
      upstream: options.upstream(settings),
      upstreamCredential: options.upstreamKey ? `Bearer ${options.upstreamKey}` : null,
      paused,
      cookieCarrier: settings.cookieCarrier,
      hosts: new Set([...settings.extraHosts, ...ownNames]),
    }
    return config
  }
}
