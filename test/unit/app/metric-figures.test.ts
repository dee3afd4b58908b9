import { expect, test } from 'vitest'
import { exchangeSchema } from '#shared/exchange.ts'
import { createMetricFigures } from '../../../src-main/app/metric-figures.ts'

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

test('answers of no tokens, however many, leave room for another model', async () => {
  const figures = createMetricFigures({
    version: '1',
    namesOrigins: () => false,
    upstreamIsUp: () => true,
    running: () => 0,
    keys: () => 1,
    droppedRows: () => 0,
  })
  for (let count = 0; count < 3_000; count++) figures.note(exchange('silent', 0))
  figures.note(exchange('other', 7))
  const { text } = await figures.text()
  expect(text).toContain('latchkey_tokens_total{key="key_1",model="other",kind="completion"} 7')
  expect(text).toContain('latchkey_duration_seconds_count 3001')
})
