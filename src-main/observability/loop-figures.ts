import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

type Measured = ReturnType<typeof monitorEventLoopDelay>

const LAG = 'nodejs_eventloop_lag'
/** Names and meanings are those of prom-client, so that a monitor finds what it knows. */
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
// The library's own monitor wakes the process 100 times a second for ever, and cannot be left out: it is given an
// interval of an hour, and its figures are replaced.
const HARDLY_EVER_MS = 3_600_000

/**
 * The library's figures of the process, with the event loop's lag measured only while somebody asks: an idle process is
 * to sleep. Returns the measuring, to be awaited before the registry is read; several that ask at once share one.
 */
export function addProcessFigures(registry: Registry): () => Promise<void> {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HARDLY_EVER_MS })
  const gauges = Object.entries(LAGS).map(([name, read]) => {
    registry.removeSingleMetric(name)
    const help = `Event loop delay, measured for ${MEASURED_FOR_MS} ms while this was asked for.`
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

/** Counted by the event loop itself: its rate tells how busy the loop was between two looks. */
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
  // A loop that stood still for all this time has no figure yet.
  do await delay(MEASURED_FOR_MS)
  while (measured.count === 0)
  measured.disable()
  return measured
}
