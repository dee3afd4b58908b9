import { Histogram, type Metric, type Registry } from 'prom-client'

/** Buckets in seconds, from a cached answer to a long story. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/**
 * A histogram of times without labels, counted in an array. The library's own histogram looks up labels for each time,
 * which takes ten times as long; here it provides only the name and the format.
 */
export class TimesMetric {
  /** One count per bucket, and one for larger times. */
  readonly #counts = Array.from({ length: SECONDS.length + 1 }, () => 0)
  #sum = 0

  constructor(registry: Registry, { name, help }: { name: string; help: string }) {
    const frame = new Histogram({ name, help, buckets: SECONDS, registers: [] })
    const get = async () => ({ ...(await frame.get()), values: valuesOf(name, this.#counts, this.#sum) })
    // Its types require a whole metric, but it uses only a name and `get`.
    registry.registerMetric({ name, get } as unknown as Metric)
  }

  /** Adds a time in seconds. */
  add(seconds: number): void {
    let bucket = 0
    while (bucket < SECONDS.length && seconds > (SECONDS[bucket] as number)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += seconds
  }
}

/** Each bucket includes the counts of the smaller ones. */
function valuesOf(name: string, counts: readonly number[], sum: number) {
  let count = 0
  const buckets = counts.map((more, bucket) => {
    count += more
    return { metricName: `${name}_bucket`, labels: { le: SECONDS[bucket] ?? '+Inf' }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: count },
  ]
}
