import { Counter, Gauge, Registry } from 'prom-client'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { addProcessFigures } from './loop-figures.ts'
import { timesOf } from './metric-times.ts'

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
}

export interface MetricFigures {
  note(exchange: Exchange): void
  text(): Promise<{ text: string; contentType: string }>
}

/** A client that invents models or sites must not fill the monitor. */
const MOST_SERIES = 2_000

/**
 * Counts in plain maps and arrays, because it counts for each exchange. The library's own counters are filled from them
 * on request.
 */
export function createMetricFigures(options: MetricsOptions): MetricFigures {
  const registry = new Registry()
  const measureLoop = addProcessFigures(registry)
  const requests = countedBy(
    registry,
    'latchkey_requests_total',
    'Requests by key id, route, kind of site and outcome.',
    ['key', 'route', 'site', 'outcome'],
  )
  const tokens = countedBy(registry, 'latchkey_tokens_total', 'Tokens that answers reported.', ['key', 'model', 'kind'])
  const unmetered = countedBy(registry, 'latchkey_unmetered_total', 'Answers without token counts.', ['route'])
  const origins = countedBy(registry, 'latchkey_site_requests_total', 'Requests by site, if that is switched on.', [
    'origin',
    'outcome',
  ])
  const firstByte = timesOf(registry, 'latchkey_first_byte_seconds', 'From a request to the first byte of its answer.')
  const duration = timesOf(registry, 'latchkey_duration_seconds', 'From a request to the end of its answer.')
  addGauges(registry, options)

  return {
    note(exchange) {
      const { keyId, route, outcome, origin, promptTokens, completionTokens } = exchange
      const model = exchange.model ?? ''
      const key = keyId ?? ''
      requests.add(1, key, route, kindOf(origin), outcome)
      if (!exchange.metered) unmetered.add(1, route)
      if (promptTokens !== null) tokens.add(promptTokens, key, model, 'prompt')
      if (completionTokens !== null) tokens.add(completionTokens, key, model, 'completion')
      if (origin !== null && options.namesOrigins()) origins.add(1, origin, outcome)
      if (outcome === 'refused') return
      if (exchange.firstByteMs !== null) firstByte.add(exchange.firstByteMs / 1000)
      duration.add(exchange.durationMs / 1000)
    },
    async text() {
      if (!options.namesOrigins()) origins.clear()
      await measureLoop()
      return { text: await registry.metrics(), contentType: registry.contentType }
    },
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

/** Counts in nested maps, one level per label. Joining the labels into one key would cost more. */
interface Branch {
  count: number
  readonly next: Map<string, Branch>
}

function countedBy(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
  const root: Branch = { count: 0, next: new Map() }
  let series = 0
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
  return {
    add(count: number, ...values: string[]): void {
      let branch = root
      let isNew = false
      for (const value of values) {
        const known = branch.next.get(value)
        if (known === undefined && series >= MOST_SERIES) return
        isNew ||= known === undefined
        branch = known ?? grow(branch, value)
      }
      if (isNew) series++
      branch.count += count
    },
    clear(): void {
      root.next.clear()
      series = 0
    },
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
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('latchkey_running', 'Running exchanges.', running)
  gauge('latchkey_keys', 'Keys that are not deleted.', keys)
  gauge('latchkey_upstream_up', '1 if the upstream answered the last check.', () => Number(upstreamIsUp()))
  gauge('latchkey_rows_dropped', 'Exchanges that could not be written since the start.', droppedRows)
  new Gauge({ name: 'latchkey_info', help: 'The version.', labelNames: ['version'], registers: [registry] }).set(
    { version },
    1,
  )
}
