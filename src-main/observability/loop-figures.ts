import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { type Aggregator, Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

type Measured = ReturnType<typeof monitorEventLoopDelay>

const LAG = 'nodejs_eventloop_lag'
/** Names and meanings of prom-client, so that monitors recognise them. */
const LAGS: Readonly<Record<string, (measured: Measured) => number>> = {
  [`${LAG}_seconds`]: ({ mean }) => Math.max(0, mean - RESOLUTION_MS * 1e6),
  [`${LAG}_min_seconds`]: ({ min }) => min,
  [`${LAG}_max_seconds`]: ({ max }) => max,
  [`${LAG}_mean_seconds`]: ({ mean }) => mean,
  [`${LAG}_stddev_seconds`]: ({ stddev }) => stddev,
  [`${LAG}_p50_seconds`]: (measured) => measured.percentile(50),
  [`${LAG}_p90_seconds`]: (measured) => measured.percentile(90),
  [`${LAG}_p99_seconds`]: (measured) => measured.percentile(99),
}

const RESOLUTION_MS = 10
const MEASURED_FOR_MS = 100
// The library's own monitor wakes the process 100 times a second and cannot be switched off. So it gets an interval of
// an hour, and its values are replaced.
const HARDLY_EVER_MS = 3_600_000

/**
 * The library's process metrics. The event loop's lag is measured only on request, so that an idle process can sleep.
 */
export class LoopFigures {
  readonly #setters: readonly ((measured: Measured) => void)[]
  #measuring: Promise<void> | undefined

  constructor(registry: Registry) {
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HARDLY_EVER_MS })
    this.#setters = Object.entries(LAGS).map(([name, read]) => replaceLag(registry, name, read))
    addLoopTime(registry)
  }

  /** Call and await this before the registry is read. Simultaneous callers share one measurement. */
  measure(): Promise<void> {
    this.#measuring ??= this.#measureNow().finally(() => {
      this.#measuring = undefined
    })
    return this.#measuring
  }

  async #measureNow(): Promise<void> {
    const measured = await measureDelay()
    for (const set of this.#setters) set(measured)
  }
}

/** Replaces a gauge of the library. Returns the function that sets the new one, in seconds. */
function replaceLag(registry: Registry, name: string, read: (measured: Measured) => number) {
  registry.removeSingleMetric(name)
  const help = `Event loop delay, measured for ${MEASURED_FOR_MS} ms during this request.`
  const gauge = new Gauge({ name, help, registers: [registry], aggregator: aggregatorOf(name) })
  return (measured: Measured) => gauge.set(read(measured) / 1e9)
}

/** Of several processes on one port. */
function aggregatorOf(name: string): Aggregator {
  if (name === `${LAG}_min_seconds`) return 'min'
  return name === `${LAG}_max_seconds` ? 'max' : 'average'
}

/** Counted by the event loop itself. Its rate shows how busy the loop was between two scrapes. */
function addLoopTime(registry: Registry): void {
  new Counter({
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Time in which the event loop was busy.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(performance.eventLoopUtilization().active / 1000)
    },
  })
}

async function measureDelay(): Promise<Measured> {
  const measured = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  measured.enable()
  // A loop that was blocked for all this time has no value yet.
  do await delay(MEASURED_FOR_MS)
  while (measured.count === 0)
  measured.disable()
  return measured
}
