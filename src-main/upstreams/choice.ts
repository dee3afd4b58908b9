import { DEFAULT_UPSTREAM, type Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { OLLAMA_PORT } from '#shared/upstreams/take-over.ts'
import { isThisComputer } from '../base/loopback.ts'
import { parseOllamaHost, upstreamUrl } from './address.ts'

/** Determines the upstream from the settings and the environment. */
export interface UpstreamChoice {
  /** The upstream's address without a trailing slash. */
  of(settings: Settings): string
  /**
   * Throws a PersonError `upstream_is_gateway` if the upstream is the gateway, because requests would then loop
   * forever.
   */
  refuseLoop(settings: Settings, port: number): void
}

export interface UpstreamChoiceOptions {
  /** The environment's OLLAMA_HOST. */
  readonly ollamaHost: string | undefined
  /** The gateway's names with these settings, besides the loopback ones. */
  readonly ownNames: (settings: Settings) => ReadonlySet<string>
}

export function createUpstreamChoice({ ollamaHost, ownNames }: UpstreamChoiceOptions): UpstreamChoice {
  const fromEnvironment = ollamaHost === undefined ? undefined : parseOllamaHost(ollamaHost)

  function of(settings: Settings): string {
    const { upstream, gatewayPort } = settings
    if (upstream !== null) return upstreamUrl(upstream)
    // Ollama's own command line reads the same variable, so it may point at the gateway.
    const usable = fromEnvironment !== undefined && !isGatewayItself(fromEnvironment, gatewayPort, ownNames(settings))
    return usable ? fromEnvironment : DEFAULT_UPSTREAM
  }

  return {
    of,
    refuseLoop(settings, port) {
      const url = of(settings)
      if (!isGatewayItself(url, port, ownNames(settings))) return
      const sentence = `${url} is Latchkey’s own address. Enter Ollama’s address instead, or choose another port for Latchkey.`
      // To use this port for Latchkey, a person has to move Ollama first.
      const how = port === OLLAMA_PORT ? ' To move Ollama, follow: latchkey doctor --take-over' : ''
      throw new PersonError('upstream_is_gateway', sentence + how, { parts: { url } })
    },
  }
}

/** True if requests to this address would return to the gateway itself. */
export function isGatewayItself(upstream: string, port: number, ownNames: ReadonlySet<string>): boolean {
  const url = new URL(upstream)
  const upstreamPort = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return upstreamPort === port && (isThisComputer(url.hostname) || ownNames.has(url.hostname))
}
