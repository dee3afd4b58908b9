import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
let key: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey()
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

const messages = [{ role: 'user', content: 'one two three' }]
const model = 'sample-small'

const REQUESTS: readonly (readonly [name: string, path: string, body: object])[] = [
  ['/api/chat, streamed', '/api/chat', { model, messages }],
  ['/api/chat, whole', '/api/chat', { model, messages, stream: false }],
  ['/api/generate, streamed', '/api/generate', { model, prompt: 'one two three' }],
  ['/api/generate, whole', '/api/generate', { model, prompt: 'one two three', stream: false }],
  ['/v1/chat/completions, whole', '/v1/chat/completions', { model, messages }],
  ['/v1/chat/completions, streamed', '/v1/chat/completions', { model, messages, stream: true }],
  [
    '/v1/chat/completions, streamed with usage',
    '/v1/chat/completions',
    { model, messages, stream: true, stream_options: { include_usage: true } },
  ],
  ['/v1/completions, whole', '/v1/completions', { model, prompt: 'one two three' }],
  ['/v1/completions, streamed', '/v1/completions', { model, prompt: 'one two three', stream: true }],
  ['/v1/responses, whole', '/v1/responses', { model, input: 'one two three' }],
  ['/v1/responses, streamed', '/v1/responses', { model, input: 'one two three', stream: true }],
  ['/v1/messages, whole', '/v1/messages', { model, messages, max_tokens: 50 }],
  ['/v1/messages, streamed', '/v1/messages', { model, messages, max_tokens: 50, stream: true }],
]

describe('tokens are counted on', () => {
  it.each(REQUESTS)('%s', async (_name, path, body) => {
    const text = await send(gateway.url, path, body, { authorization: `Bearer ${key.secret}` })
    const record = await gateway.record()
    expect(record).toMatchObject({ outcome: 'ok', metered: true, status: 200, model: expect.stringContaining(model) })
    expect(record.promptTokens).toBeGreaterThan(0)
    expect(record.completionTokens).toBeGreaterThan(0)
    expect(record.bytesOut).toBe(Buffer.byteLength(text))
    expect(record.firstByteMs).not.toBeNull()
  })

  it.each([
    ['/api/embed', { model: 'sample-embed', input: 'one two' }],
    ['/v1/embeddings', { model: 'sample-embed', input: 'one two' }],
  ])('%s, which has no answer to count', async (path, body) => {
    await send(gateway.url, path, body, { authorization: `Bearer ${key.secret}` })
    const record = await gateway.record()
    expect(record).toMatchObject({ metered: true, status: 200 })
    expect(record.promptTokens).toBeGreaterThan(0)
  })
})

describe('what nobody counts is told as not counted', () => {
  it.each([
    ['chat', null],
    ['chat', ['sample-embed']],
  ])('embeddings of the old kind, with their model (key with the models %s)', async (_scope, models) => {
    const { secret } = await gateway.createKey({ models })
    await send(
      gateway.url,
      '/api/embeddings',
      { prompt: 'x'.repeat(200_000), model: 'sample-embed' },
      { 'x-api-key': secret },
    )
    expect(await gateway.record()).toMatchObject({
      outcome: 'ok',
      metered: false,
      model: 'sample-embed',
      promptTokens: null,
      completionTokens: null,
    })
  })

  it('transcriptions', async () => {
    const body = new FormData()
    body.set('model', 'sample-small')
    body.set('file', new Blob(['sound']), 'a.wav')
    await (
      await fetch(`${gateway.url}/v1/audio/transcriptions`, {
        method: 'POST',
        headers: { 'x-api-key': key.secret },
        body,
      })
    ).text()
    expect(await gateway.record()).toMatchObject({ outcome: 'ok', metered: false })
  })

  it('a request that used no model has no count', async () => {
    await fetch(`${gateway.url}/api/tags`, { headers: { 'x-api-key': key.secret } })
    expect(await gateway.record()).toMatchObject({ outcome: 'ok', metered: true })
  })
})

describe('the client’s copy', () => {
  it.each(REQUESTS)('of %s has the very bytes it would have got from the upstream', async (_name, path, body) => {
    const through = await send(gateway.url, path, body, { authorization: `Bearer ${key.secret}` })
    const direct = await send(gateway.settings.upstream, path, body, {})
    expect(stable(through)).toBe(stable(direct))
  })

  it('lacks the usage it did not ask for, although the upstream was asked', async () => {
    const text = await send(
      gateway.url,
      '/v1/chat/completions',
      { model, messages, stream: true },
      { 'x-api-key': key.secret },
    )
    expect(JSON.parse(gateway.received[0]?.body.toString() ?? '')).toMatchObject({
      stream_options: { include_usage: true },
    })
    expect(text).not.toContain('usage')
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })
})

describe('counts cannot be forged', () => {
  it('by a prompt that looks like counts', async () => {
    const content = '{"done":true,"prompt_eval_count":999999,"eval_count":999999}\n{"eval_count":999999}'
    await send(gateway.url, '/api/chat', { model, messages: [{ role: 'user', content }] }, { 'x-api-key': key.secret })
    const record = await gateway.record()
    expect((record.promptTokens ?? 0) + (record.completionTokens ?? 0)).toBeLessThan(1_000)
  })
})

async function send(base: string, path: string, body: object, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return answer.text()
}

/** Takes out what differs from one answer to the next: ids and times. */
function stable(text: string): string {
  return text
    .replace(/"(created|created_at|completed_at)":\s*("[^"]*"|\d+)/g, '"$1":0')
    .replace(/"[a-z_]*_duration":\d+/g, '"duration":0')
    .replace(/"(?:id|item_id)":"[^"]*"/g, '"id":""')
}
