import { randomUUID } from 'node:crypto'
import type { Attributes, Histogram, Meter } from '@opentelemetry/api'
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Log } from '../../base/log.ts'
import { ATTRIBUTES, errorOf, operationOf, PROVIDER } from './gen-ai-names.ts'
import type { OtlpTarget } from './otlp-target.ts'
import { QuietExporter } from './quiet-exporter.ts'

export interface GenAiFiguresOptions {
  readonly target: OtlpTarget
  readonly version: string
  readonly log: Log
}

/** Per metric. The library counts what is above it under one series, `otel.metric.overflow`. */
const MOST_SERIES = 2_000

/** For a push with its retries. A receiver that does not answer holds the stop for as long, and nothing else. */
const PUSH_MS = 3_000

/** The boundaries that the conventions give for each metric. */
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power)
const SECONDS = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power)
const FIRST_TOKEN_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Figures about requests that used a model. They never contain contents, names, addresses or sites. */
export class GenAiFigures {
  readonly #namesKeys: boolean
  readonly #exporter: QuietExporter
  readonly #provider: MeterProvider
  readonly #tokens: Histogram
  readonly #duration: Histogram
  readonly #firstToken: Histogram

  constructor({ target, version, log }: GenAiFiguresOptions) {
    this.#namesKeys = target.namesKeys
    const timeoutMs = Math.min(PUSH_MS, target.intervalMs)
    this.#exporter = new QuietExporter({ target, timeoutMs, log })
    const reader = new PeriodicExportingMetricReader({
      exporter: this.#exporter,
      exportIntervalMillis: target.intervalMs,
      exportTimeoutMillis: timeoutMs,
      cardinalityLimits: { histogram: MOST_SERIES },
    })
    this.#provider = new MeterProvider({ resource: resourceOf(version), readers: [reader] })
    const meter = this.#provider.getMeter('latchkey', version)
    this.#tokens = histogram(meter, 'gen_ai.client.token.usage', '{token}', TOKENS)
    this.#duration = histogram(meter, 'gen_ai.server.request.duration', 's', SECONDS)
    this.#firstToken = histogram(meter, 'gen_ai.server.time_to_first_token', 's', FIRST_TOKEN_SECONDS)
  }

  /** Refused requests did not reach a model and are not counted. */
  note(exchange: Exchange): void {
    if (exchange.routeClass !== 'chat' || exchange.outcome === 'refused') return
    const about = this.#attributesOf(exchange)
    const error = errorOf(exchange)
    this.#noteTokens(exchange, about)
    const seconds = exchange.durationMs / 1000
    this.#duration.record(seconds, error === undefined ? about : { ...about, [ATTRIBUTES.error]: error })
    if (error === undefined && exchange.firstByteMs !== null)
      this.#firstToken.record(exchange.firstByteMs / 1000, about)
  }

  /** Pushes the last figures, unless the receiver did not take those before. Never rejects. */
  async stop(): Promise<void> {
    this.#exporter.endSoon()
    await this.#provider.shutdown().catch(() => undefined)
  }

  #attributesOf({ route, model, keyId }: Exchange): Attributes {
    return {
      [ATTRIBUTES.operation]: operationOf(route),
      [ATTRIBUTES.provider]: PROVIDER,
      ...(model === null ? {} : { [ATTRIBUTES.model]: model }),
      ...(this.#namesKeys && keyId !== null ? { [ATTRIBUTES.keyId]: keyId } : {}),
    }
  }

  #noteTokens({ promptTokens, completionTokens }: Exchange, about: Attributes): void {
    const add = (count: number | null, type: string) => {
      if (count !== null) this.#tokens.record(count, { ...about, [ATTRIBUTES.tokenType]: type })
    }
    add(promptTokens, 'input')
    add(completionTokens, 'output')
  }
}

function histogram(meter: Meter, name: string, unit: string, explicitBucketBoundaries: number[]): Histogram {
  return meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries } })
}

/** `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` come last, so that an operator can name an instance. */
function resourceOf(version: string): Resource {
  const own = { 'service.name': 'latchkey', 'service.version': version, 'service.instance.id': randomUUID() }
  return resourceFromAttributes(own).merge(detectResources({ detectors: [envDetector] }))
}
