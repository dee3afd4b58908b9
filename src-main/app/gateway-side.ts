import { isOfUse } from '#shared/console-api/state.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Host } from '../base/host.ts'
import { createGateway, type Gateway } from '../gateway/create-gateway.ts'
import { openHttp1 } from '../gateway/http1/connection-pool.ts'
import type { GatewayConfig } from '../gateway/ports.ts'
import { isForOthers } from '../listeners/lan-exposure.ts'
import { ListenerControl } from '../listeners/listener-control.ts'
import { OwnNames, readOwnAddresses } from '../listeners/own-addresses.ts'
import { Metrics } from '../observability/metrics.ts'
import type { Pairings } from '../pairing/pairings.ts'
import type { SettingsService } from '../settings/settings.ts'
import { createUpstreamChoice, type UpstreamChoice } from '../upstreams/choice.ts'
import type { UpstreamCredential } from '../upstreams/credential.ts'
import { UpstreamWatch } from '../upstreams/health.ts'
import { OllamaRemoteModels } from '../upstreams/remote-models.ts'
import type { Events } from './events.ts'
import { ExchangeRecorder } from './exchange-recorder.ts'
import { GatewayConfigSource } from './gateway-config.ts'
import { OwnRouteAnswers } from './own-routes.ts'
import type { Rooms } from './rooms.ts'
import type { StorePort } from './store-port.ts'

export interface GatewaySideOptions {
  readonly host: Host
  readonly settings: Pick<SettingsService, 'read'>
  readonly credential: Pick<UpstreamCredential, 'read'>
  readonly store: Pick<StorePort, 'isOpen'>
  readonly rooms: Rooms
  readonly pairings: Pairings
  readonly events: Events
  readonly now: () => number
  /** Called when a check of the upstream has a new result. */
  readonly onUpstreamChange: () => void
}

const NO_NAMES: ReadonlySet<string> = new Set()

/** Joins the gateway with the control of its listeners and the watch of its upstream. */
export class GatewaySide {
  readonly #options: GatewaySideOptions
  readonly #ownNames: OwnNames
  readonly #choice: UpstreamChoice
  readonly #config: GatewayConfigSource
  readonly #gateway: Gateway
  readonly watch: UpstreamWatch
  readonly listeners: ListenerControl

  constructor(options: GatewaySideOptions) {
    this.#options = options
    this.#ownNames = new OwnNames({ now: options.now })
    this.#choice = createUpstreamChoice({
      ollamaHost: options.host.env.OLLAMA_HOST,
      ownNames: (settings) => this.#namesForOthers(settings),
    })
    this.#config = this.#createConfig()
    this.#gateway = this.#createGateway()
    this.watch = this.#createWatch()
    this.listeners = new ListenerControl({
      gateway: this.#gateway,
      ownAddresses: () => readOwnAddresses().map(({ address }) => address),
      refuseLoop: (settings, port) => this.#choice.refuseLoop(settings, port),
    })
  }

  config(): GatewayConfig {
    return this.#config.read()
  }

  #namesForOthers(settings: Settings): ReadonlySet<string> {
    return isForOthers(settings) ? this.#ownNames.read() : NO_NAMES
  }

  #createConfig(): GatewayConfigSource {
    const { settings, credential, store, now } = this.#options
    return new GatewayConfigSource({
      settings: () => settings.read(),
      upstream: (current) => this.#choice.of(current),
      upstreamKey: () => credential.read(),
      ownNames: (current) => this.#namesForOthers(current),
      isShut: () => !store.isOpen,
      now,
    })
  }

  #createGateway(): Gateway {
    const { host, rooms, pairings, events, now } = this.#options
    const metrics = this.#createMetrics()
    return createGateway({
      access: rooms.access,
      recorder: new ExchangeRecorder({ rooms, metrics, events, watch: () => this.watch, now }),
      own: new OwnRouteAnswers({ access: rooms.access, usage: rooms.usage, metrics, now }),
      pairing: pairings,
      remote: this.#createRemoteModels(),
      config: () => this.#config.read(),
      now,
      failures: host.failures,
      openTransport: openHttp1,
    })
  }

  #createMetrics(): Metrics {
    const { host, settings, rooms } = this.#options
    return new Metrics({
      version: host.version,
      namesOrigins: () => settings.read().originsInMetrics,
      upstreamIsUp: () => isOfUse(this.watch.state()),
      running: () => this.#gateway.running,
      keys: () => rooms.access.keyCount(),
      droppedRows: () => rooms.usage.dropped(),
    })
  }

  #createRemoteModels(): OllamaRemoteModels {
    return new OllamaRemoteModels({
      probe: (path, body) => this.#gateway.probe(path, body),
      url: () => this.config().upstream,
      now: this.#options.now,
    })
  }

  #createWatch(): UpstreamWatch {
    const { events, now, onUpstreamChange } = this.#options
    return new UpstreamWatch({
      probe: (path) => this.#gateway.probe(path),
      url: () => this.config().upstream,
      isObserved: () => events.count() > 0,
      now,
      onChange: onUpstreamChange,
    })
  }
}
