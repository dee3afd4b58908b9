import { isOfUse } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Host } from '../base/host.ts'
import { createGateway } from '../gateway/create-gateway.ts'
import { openHttp1 } from '../gateway/http1/connection-pool.ts'
import type { GatewayConfig } from '../gateway/ports.ts'
import { isForOthers } from '../listeners/lan-exposure.ts'
import { ListenerControl } from '../listeners/listener-control.ts'
import { createOwnNames, readOwnAddresses } from '../listeners/own-addresses.ts'
import { createMetrics } from '../observability/metrics.ts'
import type { Pairings } from '../pairing/pairings.ts'
import type { SettingsService } from '../settings/settings.ts'
import { createUpstreamChoice } from '../upstreams/choice.ts'
import type { UpstreamCredential } from '../upstreams/credential.ts'
import { createUpstreamWatch, type UpstreamWatch } from '../upstreams/health.ts'
import { OllamaRemoteModels } from '../upstreams/remote-models.ts'
import { DistinctValues } from '../usage/distinct-values.ts'
import type { Events } from './events.ts'
import { createGatewayConfig } from './gateway-config.ts'
import { createOwnRoutes } from './own-routes.ts'
import type { Rooms } from './rooms.ts'
import type { StorePort } from './store-port.ts'

/** The gateway, with what opens its listeners and what watches the upstream behind it. */
export interface GatewaySide {
  readonly config: () => GatewayConfig
  readonly listeners: ListenerControl
  readonly watch: UpstreamWatch
}

export interface GatewaySideOptions {
  readonly host: Host
  readonly settings: Pick<SettingsService, 'read'>
  readonly credential: Pick<UpstreamCredential, 'read'>
  readonly store: Pick<StorePort, 'isOpen'>
  readonly rooms: Rooms
  readonly pairings: Pairings
  readonly events: Events
  readonly now: () => number
  /** The watch found something else than before. */
  readonly onUpstreamChange: () => void
}

const NO_NAMES: ReadonlySet<string> = new Set()

export function createGatewaySide({
  host,
  settings,
  credential,
  store,
  rooms,
  pairings,
  events,
  now,
  onUpstreamChange,
}: GatewaySideOptions): GatewaySide {
  const readOwnNames = createOwnNames({ now })
  const ownNames = (of: Settings) => (isForOthers(of) ? readOwnNames() : NO_NAMES)
  const upstream = createUpstreamChoice({ ollamaHost: host.env.OLLAMA_HOST, ownNames })
  const config = createGatewayConfig({
    settings: settings.read,
    upstream: upstream.of,
    upstreamKey: credential.read,
    ownNames,
    isShut: () => !store.isOpen,
    now,
  })
  const metrics = createMetrics({
    version: host.version,
    namesOrigins: () => settings.read().originsInMetrics,
    upstreamIsUp: () => isOfUse(watch.state()),
    running: () => gateway.running,
    keys: rooms.access.keyCount,
    droppedRows: () => rooms.usage.dropped(),
  })
  const own = createOwnRoutes({ access: rooms.access, usage: rooms.usage, metrics, now })
  const distinct = new DistinctValues({ now, isDecided: rooms.access.isDecided })
  const record = (ended: Exchange, address: string) => {
    // Its own name even where the records say “other”: a site that is remembered has its counts.
    rooms.access.noteUse(ended.keyId, ended.origin, ended.time, ended.outcome === 'refused')
    const exchange = distinct.bound(ended, address)
    rooms.usage.record(exchange)
    metrics.note(exchange)
    events.emit({ type: 'exchange', exchange })
    watch.note(exchange)
  }
  const { failures } = host
  const remote = new OllamaRemoteModels({
    probe: (path, body) => gateway.probe(path, body),
    url: () => config().upstream,
    now,
  })
  const gateway = createGateway({
    access: rooms.access,
    recorder: { record },
    own,
    pairing: pairings,
    remote,
    config,
    now,
    failures,
    openTransport: openHttp1,
  })
  const watch = createUpstreamWatch({
    probe: (path) => gateway.probe(path),
    url: () => config().upstream,
    isObserved: () => events.count() > 0,
    now,
    onChange: onUpstreamChange,
  })
  const listeners = new ListenerControl({
    gateway,
    ownAddresses: () => readOwnAddresses().map(({ address }) => address),
    refuseLoop: upstream.refuseLoop,
  })
  return { config, watch, listeners }
}
