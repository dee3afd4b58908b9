import type { Host } from '../../base/host.ts'
import type { MetricValues } from '../../observability/metric-figures.ts'
import type { Metrics } from '../../observability/metrics.ts'

export interface SiblingSideOptions {
  readonly metrics: Pick<Metrics, 'values'>
  /** Reads the settings and the upstream's key again and follows them. */
  readonly reread: (overriding: Host['overrides']) => Promise<void>
}

/** What the other processes on the same port ask of this one. */
export class SiblingSide {
  readonly #options: SiblingSideOptions

  constructor(options: SiblingSideOptions) {
    this.#options = options
  }

  metrics(): Promise<MetricValues> {
    return this.#options.metrics.values()
  }

  reread(overriding: Host['overrides']): Promise<void> {
    return this.#options.reread(overriding)
  }
}
