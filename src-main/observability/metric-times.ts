import { Histogram, type Metric, type Registry } from 'prom-client'

/** In seconds: from a cached answer to a long story. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export interface Times {
  /** Counts a time in seconds. */
  add(seconds: number): void
}

/**
 * A histogram of times without labels, counted in an array: the library's own looks for labels at each time, which takes
 * ten times as long. It only tells what a histogram is called and looks like.
 */
export function timesOf(registry: Registry, name: string, help: string): Times {
  const frame = new Histogram({ name, help, buckets: SECONDS, registers: [] })
  /** By the bound they keep to; one more, for what lies above them all. */
  const counts = Array.from({ length: SECONDS.length + 1 }, () => 0)
  let sum = 0
  const get = async () => ({ ...(await frame.get()), values: valuesOf(name, counts, sum) })
  // Its types want a whole metric; a name and `get` are all that it asks one for.
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

/** Each bucket holds what is in those below it, too. */
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
