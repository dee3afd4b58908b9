import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

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
 * Adds the library's process metrics. The event loop's lag is measured only on request, so that an idle process can
 * sleep. Returns the measurement, which must be awaited before the registry is read; simultaneous callers share one.
 */
export function addProcessFigures(registry: Registry): () => Promise<void> {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HARDLY_EVER_MS })
  const gauges = Object.entries(LAGS).map(([name, read]) => {
    registry.removeSingleMetric(name)
    const help = `Event loop delay, measured for ${MEASURED_FOR_MS} ms during this request.`
    const gauge = new Gauge({ name, help, registers: [registry] })
    return (measured: Measured) => gauge.set(read(measured) / 1e9)
  })
  addLoopTime(registry)
  let measuring: Promise<void> | undefined
  async function measure(): Promise<void> {
    const measured = await measureDelay()
    for (const set of gauges) set(measured)
  }
  return () => {
    measuring ??= measure().finally(() => {
      measuring = undefined
    })
    return measuring
  }
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
