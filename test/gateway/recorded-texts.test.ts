import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RECORDED_TEXTS } from '#shared/records/recorded-text.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'

let gateway: TestGateway
let secret: string
let unlisted: string
beforeAll(async () => {
  gateway = await startGateway()
  secret = (await gateway.createKey({ models: ['sample-small'], scopes: ['all'] })).secret
  unlisted = (await gateway.createKey()).secret
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
  gateway.settings.upstream = gateway.sampleUrl
})
afterAll(() => gateway.close())

const LONG = 'm'.repeat(301)
const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, { method: 'POST', headers: { 'x-api-key': secret, ...headers }, body })

function form(model: string): FormData {
  const data = new FormData()
  data.set('model', model)
  data.set('file', new Blob(['RIFF']), 'a.wav')
  return data
}

describe('a model name of more than 300 characters is 400, and not recorded', () => {
  it.each([
    ['/api/chat', JSON.stringify({ model: LONG })],
    ['/api/chat', JSON.stringify({ MODEL: LONG })],
    ['/api/chat', `{"model":"${'\\u006d'.repeat(301)}"}`],
    ['/api/chat', JSON.stringify({ model: 'm'.repeat(5_000_000) })],
    ['/api/generate', JSON.stringify({ model: LONG })],
    ['/api/embeddings', JSON.stringify({ model: LONG })],
    ['/v1/chat/completions', JSON.stringify({ model: LONG })],
    ['/v1/responses', JSON.stringify({ model: LONG })],
    ['/v1/messages', JSON.stringify({ model: LONG })],
    ['/api/show', JSON.stringify({ name: LONG })],
    ['/api/pull', JSON.stringify({ name: LONG })],
    ['/api/create', JSON.stringify({ model: 'sample-small', from: LONG })],
    ['/api/copy', JSON.stringify({ source: 'sample-small', destination: LONG })],
    ['/v1/audio/transcriptions', form(LONG)],
    ['/v1/audio/transcriptions', form('m'.repeat(100_000))],
  ])('%s', async (path, body) => {
    const answer = await post(path, body)
    expect([answer.status, answer.headers.get('latchkey-refusal') ?? 'model_too_long']).toEqual([400, 'model_too_long'])
    expect(await answer.text()).toContain('at most 300 characters')
    expect(await gateway.record()).toMatchObject({ outcome: 'refused', reason: 'model_too_long', model: null })
    expect(gateway.received).toHaveLength(0)
  })

  it.each([() => secret, () => unlisted])('in the path too, with whatever key', async (key) => {
    const answer = await fetch(`${gateway.url}/v1/models/${LONG}`, { headers: { 'x-api-key': key() } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'model_too_long', type: 'invalid_request_error' } })
    expect(await gateway.record()).toMatchObject({ model: null, route: '/v1/models/:model' })
    expect(gateway.received).toHaveLength(0)
  })

  it('in the dialect of the route', async () => {
    const openAi = await post('/v1/chat/completions', JSON.stringify({ model: LONG }))
    expect(await openAi.json()).toMatchObject({ error: { code: 'model_too_long', type: 'invalid_request_error' } })
    const anthropic = await post('/v1/messages', JSON.stringify({ model: LONG }))
    expect(await anthropic.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
    const ollama = await post('/api/chat', JSON.stringify({ model: LONG }))
    expect(await ollama.json()).toEqual({ error: expect.stringContaining('too long') })
  })
})

it.each([299, 300])('a model name of %i characters is judged', async (length) => {
  const model = 'm'.repeat(length)
  expect((await post('/api/chat', JSON.stringify({ model }))).status).toBe(403)
  expect(await gateway.record()).toMatchObject({ reason: 'model_not_allowed', model })
})

it.each(['GET', 'POST', 'OPTIONS'])(
  'an Origin of more than 300 characters is 400, and not recorded (%s)',
  async (method) => {
    const origin = `https://${'a'.repeat(300)}.example`
    const answer = await exchangeRaw(
      gateway.port,
      `${method} /api/tags HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: ${origin}\r\nx-api-key: ${secret}\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*Origin header[^]*at most 300 characters/)
    expect(await gateway.record()).toMatchObject({ reason: 'origin_too_long', origin: null })
    expect(await gateway.access.origins.list()).toEqual([])
  },
)

it('a User-Agent of 16 KB is recorded as its family', async () => {
  await post('/api/chat', '{"model":"sample-small","stream":false}', { 'User-Agent': `curl/${'8'.repeat(16_000)}` })
  expect(await gateway.record()).toMatchObject({ outcome: 'ok', userAgent: 'curl' })
})

it('a model name in an answer is never longer than one that is recorded, and no error', async () => {
  const upstream = await startRawUpstream((socket) => {
    const body = JSON.stringify({ model: 'm'.repeat(1_000_000), done: true, prompt_eval_count: 1, eval_count: 2 })
    socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  gateway.settings.upstream = upstream.url
  const answer = await fetch(`${gateway.url}/api/chat`, {
    method: 'POST',
    headers: { 'x-api-key': unlisted },
    body: '{}',
  })
  expect([answer.status, (await answer.text()).length > 1_000_000]).toEqual([200, true])
  const record = await gateway.record()
  expect(record).toMatchObject({ outcome: 'ok', promptTokens: 1, completionTokens: 2 })
  expect(record.model?.length ?? 0).toBeLessThanOrEqual(RECORDED_TEXTS.exchange.model.most)
  upstream.close()
})

it('more tokens than any model has are no count', async () => {
  const upstream = await startRawUpstream((socket) => {
    const body = JSON.stringify({ model: 'm', done: true, prompt_eval_count: 2 ** 52, eval_count: 2 })
    socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  gateway.settings.upstream = upstream.url
  await (
    await fetch(`${gateway.url}/api/chat`, { method: 'POST', headers: { 'x-api-key': unlisted }, body: '{}' })
  ).text()
  expect(await gateway.record()).toMatchObject({ promptTokens: null, completionTokens: 2, metered: false })
  upstream.close()
})
