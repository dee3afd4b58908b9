import { DEFAULT_UPSTREAM, type Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { OLLAMA_PORT } from '#shared/upstreams/take-over.ts'
import { isThisComputer } from '../base/loopback.ts'
import { parseOllamaHost, upstreamUrl } from './address.ts'

/** Which upstream the settings mean, here and now. */
export interface UpstreamChoice {
  /** Without a slash at its end. */
  of(settings: Settings): string
  /** Throws a PersonError `upstream_is_gateway`: such a request would come round again without end. */
  refuseLoop(settings: Settings, port: number): void
}

export interface UpstreamChoiceOptions {
  /** The environment's OLLAMA_HOST. */
  readonly ollamaHost: string | undefined
  /** Names, besides the loopback ones, under which the gateway can be reached with these settings. */
  readonly ownNames: (settings: Settings) => ReadonlySet<string>
}

export function createUpstreamChoice({ ollamaHost, ownNames }: UpstreamChoiceOptions): UpstreamChoice {
  const fromEnvironment = ollamaHost === undefined ? undefined : parseOllamaHost(ollamaHost)

  function of(settings: Settings): string {
    const { upstream, gatewayPort } = settings
    if (upstream !== null) return upstreamUrl(upstream)
    // Ollama's own command line reads the same variable: somebody may have pointed that one at the gateway.
    const usable = fromEnvironment !== undefined && !isGatewayItself(fromEnvironment, gatewayPort, ownNames(settings))
    return usable ? fromEnvironment : DEFAULT_UPSTREAM
  }

  return {
    of,
    refuseLoop(settings, port) {
      const url = of(settings)
      if (!isGatewayItself(url, port, ownNames(settings))) return
      const sentence = `${url} is Latchkey’s own address. Give the address of Ollama there, or another port to Latchkey.`
      // Whoever wants this port for Latchkey has to move Ollama first.
      const how = port === OLLAMA_PORT ? ' The command “latchkey doctor --take-over” says how.' : ''
      throw new PersonError('upstream_is_gateway', sentence + how, { parts: { url } })
    },
  }
}

/** Whether requests to this address would come back to the gateway itself, without end. */
export function isGatewayItself(upstream: string, port: number, ownNames: ReadonlySet<string>): boolean {
  const url = new URL(upstream)
  const upstreamPort = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return upstreamPort === port && (isThisComputer(url.hostname) || ownNames.has(url.hostname))
}
