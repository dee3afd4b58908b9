import { Histogram, type Metric, type Registry } from 'prom-client'

/** Buckets in seconds, from a cached answer to a long story. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export interface Times {
  /** Adds a time in seconds. */
  add(seconds: number): void
}

/**
 * A histogram of times without labels, counted in an array. The library's own histogram looks up labels for each time,
 * which takes ten times as long; here it provides only the name and the format.
 */
export function timesOf(registry: Registry, name: string, help: string): Times {
  const frame = new Histogram({ name, help, buckets: SECONDS, registers: [] })
  /** One count per bucket, and one for larger times. */
  const counts = Array.from({ length: SECONDS.length + 1 }, () => 0)
  let sum = 0
  const get = async () => ({ ...(await frame.get()), values: valuesOf(name, counts, sum) })
  // Its types require a whole metric, but it uses only a name and `get`.
  registry.registerMetric({ name, get } as unknown as Metric)
  return {
    add(seconds) {
      let place = 0
      while (place < SECONDS.length && seconds > (SECONDS[place] as number)) place++
      counts[place] = (counts[place] as number) + 1
      sum += seconds
    },
  }
}

/** Each bucket includes the counts of the smaller ones. */
function valuesOf(name: string, counts: readonly number[], sum: number) {
  let count = 0
  const buckets = counts.map((more, place) => {
    count += more
    return { metricName: `${name}_bucket`, labels: { le: SECONDS[place] ?? '+Inf' }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: count },
  ]
}
