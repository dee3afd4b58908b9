import { expect, test } from 'vitest'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { MetricFigures } from '../../../src-main/observability/metric-figures.ts'
import { SummedMetrics } from '../../../src-main/observability/summed-metrics.ts'

const EXCHANGE: Exchange = {
  id: 'x',
  time: 0,
  keyId: 'key_one',
  origin: null,
  model: 'llama3',
  userAgent: null,
  method: 'POST',
  route: '/api/chat',
  routeClass: 'chat',
  status: 200,
  outcome: 'ok',
  reason: null,
  promptTokens: 3,
  completionTokens: 5,
  metered: true,
  firstByteMs: 20,
  durationMs: 200,
  bytesIn: 1,
  bytesOut: 1,
}

function figures(requests: number, running = 0): MetricFigures {
  const made = new MetricFigures({
    version: '1.2.3',
    namesOrigins: () => false,
    upstreamIsUp: () => true,
    running: () => running,
    keys: () => 7,
    droppedRows: () => 0,
    shared: null,
  })
  for (let times = 0; times < requests; times++) made.note(EXCHANGE)
  return made
}

const valueOf = (text: string, name: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(name))
    ?.split(' ')
    .at(-1)
/** As it arrives from another process. */
const sent = async (one: MetricFigures) =>
  JSON.parse(JSON.stringify(await one.values())) as Awaited<ReturnType<MetricFigures['values']>>

test('the figures of several processes read like those of one', async () => {
  const all = new Map([
    [1, await sent(figures(3, 2))],
    [2, await sent(figures(4, 1))],
  ])
  const { text, contentType } = await new SummedMetrics().text(all)
  expect(contentType).toContain('text/plain')
  const names = (of: string) => of.match(/^# TYPE .*$/gm)?.toSorted()
  const alone = (await figures(0).text()).text
  // The time of a start has no sum.
  expect(names(text)).toEqual(names(alone)?.filter((line) => !line.includes('process_start_time_seconds')))
  expect(valueOf(text, 'latchkey_requests_total')).toBe('7')
  expect(valueOf(text, 'latchkey_tokens_total{key="key_one",model="llama3",kind="completion"}')).toBe('35')
  expect(valueOf(text, 'latchkey_duration_seconds_bucket{le="0.25"}')).toBe('7')
  expect(valueOf(text, 'latchkey_duration_seconds_count')).toBe('7')
  expect(valueOf(text, 'latchkey_running')).toBe('3')
  expect(valueOf(text, 'latchkey_keys')).toBe('7')
  expect(valueOf(text, 'latchkey_upstream_up')).toBe('1')
  expect(valueOf(text, 'latchkey_info{version="1.2.3"}')).toBe('1')
})

test('counters keep what ended processes have counted, and gauges do not', async () => {
  const metrics = new SummedMetrics()
  await metrics.text(
    new Map([
      [1, await sent(figures(3, 2))],
      [2, await sent(figures(4, 1))],
    ]),
  )
  metrics.end(2)
  metrics.end(2)
  const { text } = await metrics.text(
    new Map([
      [1, await sent(figures(3, 2))],
      [2, await sent(figures(1, 5))],
    ]),
  )
  expect(valueOf(text, 'latchkey_requests_total')).toBe('8')
  expect(valueOf(text, 'latchkey_duration_seconds_count')).toBe('8')
  expect(valueOf(text, 'latchkey_running')).toBe('7')
  metrics.end(2)
  const later = await metrics.text(new Map([[1, await sent(figures(3))]]))
  expect(valueOf(later.text, 'latchkey_requests_total')).toBe('8')
})

test('a process that does not answer counts with what it has shown last', async () => {
  const metrics = new SummedMetrics()
  await metrics.text(
    new Map([
      [1, await sent(figures(3))],
      [2, await sent(figures(4))],
    ]),
  )
  const { text } = await metrics.text(new Map([[1, await sent(figures(5))]]))
  expect(valueOf(text, 'latchkey_requests_total')).toBe('9')
})
