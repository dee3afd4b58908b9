import type { Exchange } from '#shared/gateway/exchange.ts'
import type { MetricFigures, MetricsOptions, MetricValues } from './metric-figures.ts'

/** Loads the library later, so that it does not slow down the start. */
const LOADED_AFTER_MS = 1_000

/** Metrics for a monitor, counted since the start. Exchanges before the library is loaded wait for it. */
export class Metrics {
  readonly #options: MetricsOptions
  readonly #waiting: Exchange[] = []
  #figures: MetricFigures | undefined
  #loading: Promise<MetricFigures> | undefined

  constructor(options: MetricsOptions) {
    this.#options = options
    setTimeout(() => void this.#loaded(), LOADED_AFTER_MS).unref()
  }

  note(exchange: Exchange): void {
    if (this.#figures === undefined) this.#waiting.push(exchange)
    else this.#figures.note(exchange)
  }

  /** The values, for the process that adds up those of several. */
  async values(): Promise<MetricValues> {
    return (await this.#loaded()).values()
  }

  async text(): Promise<{ text: string; contentType: string }> {
    return (await this.#loaded()).text()
  }

  #loaded(): Promise<MetricFigures> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  async #load(): Promise<MetricFigures> {
    const { MetricFigures } = await import('./metric-figures.ts')
    this.#figures = new MetricFigures(this.#options)
    for (const exchange of this.#waiting.splice(0)) this.#figures.note(exchange)
    return this.#figures
  }
}
