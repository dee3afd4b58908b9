import { isOfUse } from '#shared/console-api/state.ts'
import type { Unready } from '#shared/own-routes/own-answers.ts'
import { isOperator } from '#shared/people/role.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Host } from '../../base/host.ts'
import { isLoopbackName } from '../../base/loopback.ts'
import { createGateway, type Gateway } from '../../gateway/create-gateway.ts'
import { openHttp1 } from '../../gateway/http1/connection-pool.ts'
import type { GatewayConfig } from '../../gateway/ports.ts'
import { isForOthers } from '../../listeners/lan-exposure.ts'
import { ListenerControl } from '../../listeners/listener-control.ts'
import { OwnNames, readOwnAddresses } from '../../listeners/own-addresses.ts'
import { Metrics } from '../../observability/metrics.ts'
import type { OtlpPush } from '../../observability/otlp/otlp-push.ts'
import type { SharedFigures } from '../../observability/shared-figures.ts'
import type { Pairings } from '../../pairing/pairings.ts'
import type { SettingsService } from '../../settings/settings.ts'
import { createUpstreamChoice, type UpstreamChoice } from '../../upstreams/choice.ts'
import type { UpstreamCredential } from '../../upstreams/credential.ts'
import { UpstreamWatch } from '../../upstreams/health.ts'
import { OllamaRemoteModels } from '../../upstreams/remote-models.ts'
import type { Events } from '../events.ts'
import { ExchangeRecorder } from '../operations/exchange-recorder.ts'
import { personName, type Rooms } from '../rooms.ts'
import type { StorePort } from '../store/store-port.ts'
import { GatewayConfigSource } from './gateway-config.ts'
import type { LanSide } from './lan-side.ts'
import { OwnRouteAnswers } from './own-routes.ts'

export interface GatewaySideOptions {
  readonly host: Host
  readonly settings: Pick<SettingsService, 'read'>
  readonly credential: Pick<UpstreamCredential, 'read'>
  readonly store: Pick<StorePort, 'isOpen' | 'isCutOff' | 'changes'>
  readonly rooms: Rooms
  readonly pairings: Pairings
  readonly events: Events
  readonly otlp: Pick<OtlpPush, 'note'>
  /** null without a shared database. */
  readonly shared: SharedFigures | null
  readonly lan: Pick<LanSide, 'entrance' | 'trustPage' | 'used' | 'namesFor'>
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
  /** Of this process alone. */
  readonly metrics: Metrics

  constructor(options: GatewaySideOptions) {
    this.#options = options
    this.#ownNames = new OwnNames({ now: options.now })
    this.#choice = createUpstreamChoice({
      ollamaHost: options.host.env.OLLAMA_HOST,
      ownNames: (settings) => this.#namesForOthers(settings),
    })
    this.#config = this.#createConfig()
    this.metrics = this.#createMetrics()
    this.#gateway = this.#createGateway()
    this.watch = this.#createWatch()
    this.listeners = new ListenerControl({
      gateway: this.#gateway,
      ownAddresses: () => this.#ownAddresses(),
      refuseLoop: (settings, port) => this.#choice.refuseLoop(settings, port),
    })
    options.store.changes(async ({ kind }) => {
      if (kind === 'closed') this.#gateway.endKeyed()
    })
  }

  config(): GatewayConfig {
    return this.#config.read()
  }

  /** True for a name in a Host header that the gateway accepts. */
  isOwnName(name: string): boolean {
    return isLoopbackName(name) || this.config().hosts.has(name)
  }

  /** Tells balancers and clients to use another gateway. Requests are still served. */
  drain(): void {
    this.#gateway.drain()
  }

  /** Ends exchanges of other devices on connections without TLS. */
  endUnencrypted(): void {
    this.#gateway.endUnencrypted()
  }

  /** A new address is accepted in the Host header as soon as the gateway listens there. */
  #ownAddresses(): string[] {
    this.#ownNames.forget()
    return readOwnAddresses().map(({ address }) => address)
  }

  #namesForOthers(settings: Settings): ReadonlySet<string> {
    return isForOthers(settings) ? this.#options.lan.namesFor(this.#ownNames.read()) : NO_NAMES
  }

  #createConfig(): GatewayConfigSource {
    const { settings, credential, store, now } = this.#options
    return new GatewayConfigSource({
      settings: () => settings.read(),
      upstream: (current) => this.#choice.of(current),
      upstreamKey: () => credential.read(),
      ownNames: (current) => this.#namesForOthers(current),
      isShut: () => !store.isOpen,
      isCutOff: () => store.isCutOff,
      now,
    })
  }

  #createGateway(): Gateway {
    const { host, rooms, pairings, events, otlp, lan, now } = this.#options
    const { metrics } = this
    const { siblings } = host
    return createGateway({
      access: rooms.access,
      recorder: new ExchangeRecorder({
        rooms,
        metrics,
        otlp,
        events,
        watch: () => this.watch,
        now,
        onOther: (address, userAgent) => lan.used(address, userAgent),
      }),
      entrance: lan.entrance,
      trustPage: lan.trustPage,
      own: new OwnRouteAnswers({
        access: rooms.access,
        usage: rooms.usage,
        personName: (id) => personName(rooms.people, id),
        isOperator: (id) => isOperator(rooms.people.find(id)?.role),
        metrics: siblings === null ? metrics : { text: () => siblings.metrics() },
        now,
      }),
      pairing: pairings,
      remote: this.#createRemoteModels(),
      config: () => this.#config.read(),
      unready: () => this.#unready(),
      now,
      failures: host.failures,
      openTransport: openHttp1,
    })
  }

  #unready(): Unready | null {
    const { store } = this.#options
    if (store.isCutOff) return 'database_away'
    if (!store.isOpen) return 'store_closed'
    return this.config().paused ? 'paused' : null
  }

  #createMetrics(): Metrics {
    const { host, settings, rooms, shared } = this.#options
    return new Metrics({
      version: host.version,
      namesOrigins: () => settings.read().originsInMetrics,
      upstreamIsUp: () => isOfUse(this.watch.state()),
      running: () => this.#gateway.running,
      keys: () => rooms.access.keyCount(),
      droppedRows: () => rooms.usage.dropped(),
      shared,
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
