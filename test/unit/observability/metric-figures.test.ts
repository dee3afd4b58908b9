import { collectDefaultMetrics, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { exchangeSchema } from '#shared/gateway/exchange.ts'
import { MetricFigures } from '../../../src-main/observability/metric-figures.ts'
import { SHARED_METRICS, type SharedFigures } from '../../../src-main/observability/shared-figures.ts'

const exchange = (model: string, completionTokens: number) =>
  exchangeSchema.parse({
    id: 'one',
    time: 0,
    keyId: 'key_1',
    origin: null,
    userAgent: null,
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model,
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: 1,
    completionTokens,
    metered: true,
    firstByteMs: 1,
    durationMs: 2,
    bytesIn: 3,
    bytesOut: 4,
  })

const open = (shared: SharedFigures | null = null) =>
  new MetricFigures({
    version: '1',
    namesOrigins: () => false,
    upstreamIsUp: () => true,
    running: () => 0,
    keys: () => 1,
    droppedRows: () => 0,
    shared,
  })

test('answers of no tokens, however many, leave room for another model', async () => {
  const figures = open()
  for (let count = 0; count < 3_000; count++) figures.note(exchange('silent', 0))
  figures.note(exchange('other', 7))
  const { text } = await figures.text()
  expect(text).toContain('latchkey_tokens_total{key="key_1",model="other",kind="completion"} 7')
  expect(text).toContain('latchkey_duration_seconds_count 3001')
})

test('times stand in the buckets of a histogram as its format has it', async () => {
  const figures = open()
  for (const durationMs of [50, 51, 700, 400_000]) figures.note({ ...exchange('some', 1), durationMs })
  const { text } = await figures.text()
  const lines = text.split('\n').filter((line) => line.includes('latchkey_duration_seconds'))
  expect(lines).toEqual([
    '# HELP latchkey_duration_seconds From a request to the end of its answer.',
    '# TYPE latchkey_duration_seconds histogram',
    'latchkey_duration_seconds_bucket{le="0.05"} 1',
    'latchkey_duration_seconds_bucket{le="0.1"} 2',
    'latchkey_duration_seconds_bucket{le="0.25"} 2',
    'latchkey_duration_seconds_bucket{le="0.5"} 2',
    'latchkey_duration_seconds_bucket{le="1"} 3',
    'latchkey_duration_seconds_bucket{le="2.5"} 3',
    'latchkey_duration_seconds_bucket{le="5"} 3',
    'latchkey_duration_seconds_bucket{le="10"} 3',
    'latchkey_duration_seconds_bucket{le="30"} 3',
    'latchkey_duration_seconds_bucket{le="60"} 3',
    'latchkey_duration_seconds_bucket{le="300"} 3',
    'latchkey_duration_seconds_bucket{le="+Inf"} 4',
    `latchkey_duration_seconds_sum ${0.05 + 0.051 + 0.7 + 400}`,
    'latchkey_duration_seconds_count 4',
  ])
})

test('the figures of the process have the names that prom-client gives them, and what else a monitor may look at', async () => {
  const usual = new Registry()
  collectDefaultMetrics({ register: usual, eventLoopMonitoringPrecision: 3_600_000 })
  const { text } = await open().text()
  const named = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(named).toEqual(expect.arrayContaining((await usual.getMetricsAsJSON()).map(({ name }) => name)))
  expect(named).toContain('nodejs_eventloop_active_seconds_total')
})

test('the event loop’s lag is measured for whoever asks, and tells of a loop that stood still meanwhile', async () => {
  const figures = open()
  const lagIn =
    ({ text }: { text: string }) =>
    (which: string) =>
      Number(new RegExp(`^nodejs_eventloop_lag_${which}seconds (\\S+)$`, 'm').exec(text)?.[1])
  for (const lag of (await Promise.all([figures.text(), figures.text()])).map(lagIn)) {
    for (const which of ['', 'min_', 'max_', 'mean_', 'stddev_', 'p50_', 'p90_', 'p99_'])
      expect(lag(which)).toBeGreaterThanOrEqual(0)
    expect(lag('max_')).toBeGreaterThanOrEqual(lag('p50_'))
  }
  const asked = figures.text()
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60), 30)
  expect(lagIn(await asked)('max_')).toBeGreaterThan(0.05)
})

test('a gateway on a shared database tells of it, and another does not', async () => {
  const away = {
    awaySeconds: () => 12,
    spooledBatches: () => 7,
    changesBehind: () => 3,
    leads: () => true,
    shareMoves: () => 5,
  }
  const { text } = await open(away).text()
  const values = Object.keys(SHARED_METRICS).map((name) => new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  expect(values).toEqual(['0', '12', '7', '3', '1', '5'])
  expect((await open().text()).text).not.toContain('latchkey_database')
})
