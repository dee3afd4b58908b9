import type { Exchange } from '#shared/gateway/exchange.ts'
import type { MetricFigures, MetricsOptions } from './metric-figures.ts'

/** Metrics for a monitor, counted since the start. */
export interface Metrics {
  note(exchange: Exchange): void
  text(): Promise<{ text: string; contentType: string }>
}

/** Loads the library later, so that it does not slow down the start. */
const LOADED_AFTER_MS = 1_000

/** Calls before the library is loaded wait for it. */
export function createMetrics(options: MetricsOptions): Metrics {
  const waiting: Exchange[] = []
  let figures: MetricFigures | undefined
  let loading: Promise<MetricFigures> | undefined

  async function load(): Promise<MetricFigures> {
    const { createMetricFigures } = await import('./metric-figures.ts')
    figures = createMetricFigures(options)
    for (const exchange of waiting.splice(0)) figures.note(exchange)
    return figures
  }
  const loaded = () => {
    loading ??= load()
    return loading
  }

  setTimeout(() => void loaded(), LOADED_AFTER_MS).unref()
  return {
    note(exchange) {
      if (figures === undefined) waiting.push(exchange)
      else figures.note(exchange)
    },
    text: async () => (await loaded()).text(),
  }
}
