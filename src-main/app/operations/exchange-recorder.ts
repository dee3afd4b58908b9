import type { Exchange } from '#shared/gateway/exchange.ts'
import { isLoopbackAddress } from '../../base/loopback.ts'
import type { Recorder } from '../../gateway/ports.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { OtlpPush } from '../../observability/otlp/otlp-push.ts'
import type { UpstreamWatch } from '../../upstreams/health.ts'
import { CardinalityLimiter } from '../../usage/cardinality-limiter.ts'
import type { Events } from '../events.ts'
import type { Rooms } from '../rooms.ts'

export interface ExchangeRecorderOptions {
  readonly rooms: Pick<Rooms, 'access' | 'usage'>
  readonly metrics: Pick<Metrics, 'note'>
  readonly otlp: Pick<OtlpPush, 'note'>
  readonly events: Pick<Events, 'emit'>
  readonly watch: () => Pick<UpstreamWatch, 'note'>
  readonly now: () => number
  /** Called for exchanges of other devices. */
  readonly onOther: (address: string, userAgent: string | undefined) => void
}

/** Passes each exchange that has ended to the parts that count or show it. */
export class ExchangeRecorder implements Recorder {
  readonly #options: ExchangeRecorderOptions
  readonly #cardinality: CardinalityLimiter

  constructor(options: ExchangeRecorderOptions) {
    const { rooms, now } = options
    this.#options = options
    this.#cardinality = new CardinalityLimiter({ now, isDecided: (origin) => rooms.access.isDecided(origin) })
  }

  record(ended: Exchange, address: string, userAgent?: string): void {
    const { rooms, metrics, otlp, events, watch, onOther } = this.#options
    if (address !== '' && !isLoopbackAddress(address)) onOther(address, userAgent)
    // A stored site is counted by its own name, even if usage records it as “other”.
    rooms.access.noteUse(ended.keyId, ended.origin, ended.time, ended.outcome === 'refused')
    const exchange = this.#cardinality.bound(ended, address)
    rooms.usage.record(exchange)
    metrics.note(exchange)
    otlp.note(exchange)
    events.emit({ type: 'exchange', exchange })
    watch().note(exchange)
  }
}
