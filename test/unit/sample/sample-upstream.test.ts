import { request } from 'node:http'
import Anthropic from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type SampleRequest,
  type SampleUpstream,
  startSampleUpstream,
} from '../../../src-main/sample/sample-upstream.ts'

let sample: SampleUpstream
let lastRequest: SampleRequest | undefined

beforeAll(async () => {
  sample = await startSampleUpstream({
    onRequest: (received) => {
      lastRequest = received
    },
  })
})
afterAll(() => sample.close())

/** Sets values that fetch does not allow: Host, Origin, a raw target. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port: sample.port, host: '127.0.0.1', method, path, headers }, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(sample.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
}

const MODEL = 'sample-small:latest'
const messages = [{ role: 'user' as const, content: 'one two three' }]

describe('clients made for Ollama', () => {
  test('the ollama package streams a chat and reads the counts of the last line', async () => {
    const client = new Ollama({ host: sample.url })
    const parts = []
    for await (const part of await client.chat({ model: 'sample-small', messages, stream: true })) parts.push(part)
    const last = parts.at(-1)
    const words = parts
      .map((part) => part.message.content)
      .join('')
      .split(' ')
    expect(last?.done).toBe(true)
    expect(last?.prompt_eval_count).toBe(3)
    expect(last?.eval_count).toBe(words.length)
  })

  test('the ollama package generates, embeds, lists, shows and pulls', async () => {
    const client = new Ollama({ host: sample.url })
    const generated = await client.generate({ model: MODEL, prompt: 'a b', stream: false })
    expect(generated.prompt_eval_count).toBe(2)
    const embedded = await client.embed({ model: 'sample-embed', input: ['a b', 'c'] })
    expect(embedded.embeddings).toHaveLength(2)
    expect((embedded as { prompt_eval_count?: number }).prompt_eval_count).toBe(3)
    expect((await client.list()).models.map((model) => model.name)).toContain(MODEL)
    expect((await client.show({ model: MODEL })).details.format).toBe('gguf')
    expect((await client.pull({ model: 'anything', stream: false })).status).toBe('success')
  })

  test('the openai package chats, streamed with usage and whole', async () => {
    const client = new OpenAI({ baseURL: `${sample.url}/v1`, apiKey: 'none' })
    const whole = await client.chat.completions.create({ model: MODEL, messages })
    expect(whole.usage?.prompt_tokens).toBe(3)
    const usages = []
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const chunk of stream) if (chunk.usage) usages.push(chunk)
    expect(usages).toHaveLength(1)
    expect(usages[0]?.choices).toEqual([])
    expect(usages[0]?.usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
  })

  test('the openai package reads embeddings in base64 and responses as events', async () => {
    const client = new OpenAI({ baseURL: `${sample.url}/v1`, apiKey: 'none' })
    const embedded = await client.embeddings.create({ model: 'sample-embed', input: 'a b c d' })
    expect(embedded.data[0]?.embedding).toHaveLength(16)
    expect(embedded.usage.prompt_tokens).toBe(4)
    let usage: unknown
    for await (const event of await client.responses.create({ model: MODEL, input: 'a b', stream: true })) {
      if (event.type === 'response.completed') usage = event.response.usage
    }
    expect(usage).toMatchObject({ input_tokens: 2 })
  })

  test('the anthropic package streams, and message_delta carries the true counts', async () => {
    const client = new Anthropic({ baseURL: sample.url, apiKey: 'none' })
    const final = await client.messages.stream({ model: MODEL, max_tokens: 4, messages }).finalMessage()
    expect(final.stop_reason).toBe('max_tokens')
    expect(final.usage.output_tokens).toBe(4)
    expect(final.usage.input_tokens).toBe(3)
  })
})

describe('errors', () => {
  test.each([
    ['/api/chat', { error: 'model "nobody" not found' }],
    ['/v1/chat/completions', { error: { message: 'model "nobody" not found', type: 'not_found_error' } }],
    ['/v1/messages', { type: 'error', error: { type: 'not_found_error', message: 'model "nobody" not found' } }],
  ])('an unknown model on %s is 404 in the dialect of the route', async (path, expected) => {
    const answer = await post(path, { model: 'nobody', messages, max_tokens: 5 })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject(expected)
  })

  test('a body that is not JSON is 400, and an unknown path 404', async () => {
    expect((await post('/api/chat', '{"model":')).status).toBe(400)
    expect((await post('/api/chat', '\ufeff{"model":"sample-small"}')).status).toBe(400)
    expect((await post('/api/nothing', {})).status).toBe(404)
  })

  test('a known path with another method is 405', async () => {
    expect((await fetch(`${sample.url}/api/chat`)).status).toBe(405)
  })
})

describe('Go reads JSON its own way', () => {
  test.each([
    '{"model":"nobody","Model":"sample-small","stream":false,"messages":[]}',
    '{"MODEL":"nobody","model":"nobody","mOdEl":"sample-small","stream":false,"messages":[]}',
    '{"model":"sample-small","x":{"model":"nobody"},"messages":[],"model":null} trailing',
    '{"mod\\u0065l":"nobody","\\u004dodel":"sample-small","messages":[]}',
  ])('the last of several names wins, whatever its case: %s', async (body) => {
    const answer = await post('/api/chat', body)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ model: MODEL })
  })

  test('and the last may be the one that does not exist', async () => {
    expect((await post('/api/chat', '{"model":"sample-small","Model":"nobody"}')).status).toBe(404)
  })
})

describe('what Ollama refuses', () => {
  test('a foreign origin is 403 with an empty body and no CORS headers, also on a preflight', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await raw(method, '/api/tags', { Origin: 'https://example.org' })
      expect(answer.status).toBe(403)
      expect(answer.body).toBe('')
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  test.each(['http://localhost:3000', 'https://127.0.0.1', 'app://obsidian.md', 'tauri://localhost'])(
    'the origin %s is let in and reflected',
    async (origin) => {
      const answer = await raw('GET', '/api/tags', { Origin: origin })
      expect(answer.status).toBe(200)
      expect(answer.headers['access-control-allow-origin']).toBe(origin)
    },
  )

  test.each(['http://localhost.evil.com', 'chrome-extension://abcdefgh', 'null'])(
    'the origin %s is refused',
    async (origin) => {
      expect((await raw('GET', '/api/tags', { Origin: origin })).status).toBe(403)
    },
  )

  test('a preflight allows a fixed list of headers, without x-api-key', async () => {
    const answer = await raw('OPTIONS', '/api/chat', {
      Origin: 'http://localhost:3000',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-api-key',
    })
    expect(answer.status).toBe(204)
    expect(answer.headers['access-control-allow-headers']).toMatch(/Authorization/)
    expect(answer.headers['access-control-allow-headers']).not.toMatch(/x-api-key/i)
  })

  test('an unknown host is 403', async () => {
    expect((await raw('GET', '/api/tags', { Host: 'evil.example' })).status).toBe(403)
    expect((await raw('GET', '/api/tags', { Host: 'localhost:11434' })).status).toBe(200)
  })
})

test('says that it is a sample', async () => {
  expect(await (await fetch(`${sample.url}/api/version`)).json()).toEqual({ version: '0.0.0-sample' })
  expect(await (await fetch(sample.url)).text()).toBe('Ollama is running')
})

test('serves an encoded path as gin does, and redirects a trailing slash', async () => {
  expect((await raw('POST', '/api/%70ull', {}, '{"model":"x","stream":false}')).status).toBe(200)
  expect((await raw('POST', '/api/pull/', {}, '{}')).status).toBe(307)
})

test('a client that leaves cuts the answer', async () => {
  const slow = await startSampleUpstream({ chunkDelayMs: 5, onRequest: (received) => (lastRequest = received) })
  const leaving = new AbortController()
  const answer = await fetch(`${slow.url}/api/generate`, {
    method: 'POST',
    body: JSON.stringify({ model: MODEL, prompt: 'count to 100000' }),
    signal: leaving.signal,
  })
  await answer.body?.getReader().read()
  leaving.abort()
  expect(await lastRequest?.ended).toBe('cut')
  await slow.close()
})
