import { type Aggregator, Counter, Gauge, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { LoopFigures } from './loop-figures.ts'
import { TimesMetric } from './metric-times.ts'
import { addSharedFigures, type SharedFigures } from './shared-figures.ts'

export interface MetricsOptions {
  readonly version: string
  /** True if the metrics may name sites. Read each time. */
  readonly namesOrigins: () => boolean
  readonly upstreamIsUp: () => boolean
  /** The number of running exchanges. */
  readonly running: () => number
  readonly keys: () => number
  /** The number of exchanges that could not be written. */
  readonly droppedRows: () => number
  /** null without a shared database. */
  readonly shared: SharedFigures | null
}

/** Plain objects, which can be sent to another process. */
export type MetricValues = MetricObjectWithValues<MetricValue<string>>[]

/** A client that invents models or sites must not fill the monitor. */
const MOST_SERIES = 2_000

/**
 * Counts in plain maps and arrays, because it counts for each exchange. The library's own counters are filled from them
 * on request.
 */
export class MetricFigures {
  readonly #options: MetricsOptions
  readonly #registry = new Registry()
  readonly #loop = new LoopFigures(this.#registry)
  readonly #requests = new LabelledCounter(this.#registry, {
    name: 'latchkey_requests_total',
    help: 'Requests by key id, route, kind of site and outcome.',
    labelNames: ['key', 'route', 'site', 'outcome'],
  })
  readonly #tokens = new LabelledCounter(this.#registry, {
    name: 'latchkey_tokens_total',
    help: 'Tokens that answers reported.',
    labelNames: ['key', 'model', 'kind'],
  })
  readonly #unmetered = new LabelledCounter(this.#registry, {
    name: 'latchkey_unmetered_total',
    help: 'Answers without token counts.',
    labelNames: ['route'],
  })
  readonly #origins = new LabelledCounter(this.#registry, {
    name: 'latchkey_site_requests_total',
    help: 'Requests by site, if that is switched on.',
    labelNames: ['origin', 'outcome'],
  })
  readonly #firstByte = new TimesMetric(this.#registry, {
    name: 'latchkey_first_byte_seconds',
    help: 'From a request to the first byte of its answer.',
  })
  readonly #duration = new TimesMetric(this.#registry, {
    name: 'latchkey_duration_seconds',
    help: 'From a request to the end of its answer.',
  })

  constructor(options: MetricsOptions) {
    this.#options = options
    addGauges(this.#registry, options)
    if (options.shared !== null) addSharedFigures(this.#registry, options.shared)
  }

  note(exchange: Exchange): void {
    const { keyId, route, outcome, origin } = exchange
    this.#requests.add(1, keyId ?? '', route, kindOf(origin), outcome)
    if (!exchange.metered) this.#unmetered.add(1, route)
    this.#noteTokens(exchange)
    if (origin !== null && this.#options.namesOrigins()) this.#origins.add(1, origin, outcome)
    if (outcome === 'refused') return
    if (exchange.firstByteMs !== null) this.#firstByte.add(exchange.firstByteMs / 1000)
    this.#duration.add(exchange.durationMs / 1000)
  }

  async text(): Promise<{ text: string; contentType: string }> {
    await this.#prepare()
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType }
  }

  async values(): Promise<MetricValues> {
    await this.#prepare()
    return this.#registry.getMetricsAsJSON()
  }

  async #prepare(): Promise<void> {
    if (!this.#options.namesOrigins()) this.#origins.clear()
    await this.#loop.measure()
  }

  #noteTokens({ keyId, model, promptTokens, completionTokens }: Exchange): void {
    if (promptTokens !== null) this.#tokens.add(promptTokens, keyId ?? '', model ?? '', 'prompt')
    if (completionTokens !== null) this.#tokens.add(completionTokens, keyId ?? '', model ?? '', 'completion')
  }
}

/**
 * The kind of an origin, which reveals nothing about the person: a site, an extension, or a page on one of their
 * computers.
 */
function kindOf(origin: string | null): string {
  if (origin === null) return 'none'
  if (/^[a-z-]+-extension:/.test(origin)) return 'extension'
  return /^https?:\/\/(?:localhost|127\.|\[::1\])/.test(origin) ? 'local' : 'site'
}

interface Branch {
  count: number
  readonly next: Map<string, Branch>
}

/** Counts in nested maps, one level per label. Joining the labels into one key would cost more. */
class LabelledCounter {
  readonly #root: Branch = { count: 0, next: new Map() }
  #series = 0

  constructor(registry: Registry, options: { name: string; help: string; labelNames: readonly string[] }) {
    const { name, help, labelNames } = options
    const root = this.#root
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset()
        for (const [values, count] of leavesOf(root)) {
          this.inc(Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ''])), count)
        }
      },
    })
  }

  add(count: number, ...values: string[]): void {
    let branch = this.#root
    let isNew = false
    for (const value of values) {
      const known = branch.next.get(value)
      if (known === undefined && this.#series >= MOST_SERIES) return
      isNew ||= known === undefined
      branch = known ?? grow(branch, value)
    }
    if (isNew) this.#series++
    branch.count += count
  }

  clear(): void {
    this.#root.next.clear()
    this.#series = 0
  }
}

function grow(branch: Branch, value: string): Branch {
  const next: Branch = { count: 0, next: new Map() }
  branch.next.set(value, next)
  return next
}

function* leavesOf(
  branch: Branch,
  values: readonly string[] = [],
): Generator<[values: readonly string[], count: number]> {
  if (branch.next.size === 0 && values.length > 0) yield [values, branch.count]
  for (const [value, next] of branch.next) yield* leavesOf(next, [...values, value])
}

function addGauges(registry: Registry, { version, upstreamIsUp, running, keys, droppedRows }: MetricsOptions): void {
  const gauge = (name: string, help: string, read: () => number, aggregator: Aggregator = 'sum') =>
    new Gauge({
      name,
      help,
      // Of several processes on one port.
      aggregator,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('latchkey_running', 'Running exchanges.', running)
  gauge('latchkey_keys', 'Keys that are not deleted.', keys, 'max')
  gauge('latchkey_upstream_up', '1 if the upstream answered the last check.', () => Number(upstreamIsUp()), 'max')
  gauge('latchkey_rows_dropped', 'Exchanges that could not be written since the start.', droppedRows)
  const info = { name: 'latchkey_info', help: 'The version.', labelNames: ['version'], registers: [registry] }
  new Gauge({ ...info, aggregator: 'first' }).set({ version }, 1)
}
