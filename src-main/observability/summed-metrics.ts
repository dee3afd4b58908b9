import { AggregatorRegistry } from 'prom-client'
import type { MetricValues } from './metric-figures.ts'

/**
 * The metrics of several processes as if they were one. Counters never go down when a process ends, because what its counters
 * last showed is kept: a monitor would take a smaller sum for a restart, and count everything again.
 */
export class SummedMetrics {
  readonly #last = new Map<number, MetricValues>()
  #ended: MetricValues[] = []

  /** `values` are those of each process that answered, by its number. A silent one counts with what it showed last. */
  async text(values: ReadonlyMap<number, MetricValues>): Promise<{ text: string; contentType: string }> {
    for (const [number, figures] of values) this.#last.set(number, figures)
    const registry = AggregatorRegistry.aggregate([...this.#last.values(), ...this.#ended])
    return { text: await registry.metrics(), contentType: registry.contentType }
  }

  /** A process has ended. */
  end(number: number): void {
    const last = this.#last.get(number)
    this.#last.delete(number)
    if (last === undefined) return
    // Summed up, so that many ended processes take no more room than one.
    this.#ended = [summed([...this.#ended, last.filter(({ type }) => isCounted(String(type)))])]
  }
}

function isCounted(type: string): boolean {
  return type === 'counter' || type === 'histogram'
}

function summed(all: readonly MetricValues[]): MetricValues {
  return AggregatorRegistry.aggregate([...all]).getMetricsAsArray() as unknown as MetricValues
}
