import Anthropic, { NotFoundError } from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import OpenAI, { PermissionDeniedError as OpenAiPermissionDenied, toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
let key: IssuedKey
let manager: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey()
  manager = await gateway.createKey({ scopes: ['chat', 'models', 'manage'] })
})
beforeEach(() => {
  gateway.records.length = 0
  gateway.received.length = 0
})
afterAll(() => gateway.close())

const model = 'sample-small'

/** The recorded exchanges in order, one line each. */
async function routesOf(requests: number): Promise<string[]> {
  await gateway.record(requests - 1)
  return gateway.records.map(({ method, route, outcome }) => `${method} ${route} ${outcome}`)
}

const isRefusedFor = (detail: string) => sentenceOf('scope_missing', { detail })

describe('the ollama SDK reaches every route that it knows', () => {
  const ollama = ({ secret }: IssuedKey) =>
    new Ollama({ host: gateway.url, headers: { Authorization: `Bearer ${secret}` } })

  it('to chat', async () => {
    const client = ollama(key)
    expect((await client.chat({ model, messages: [{ role: 'user', content: 'hi' }] })).message.content).toBeTruthy()
    expect((await client.generate({ model, prompt: 'hi' })).response).toBeTruthy()
    let streamed = ''
    for await (const part of await client.generate({ model, prompt: 'hi', stream: true })) streamed += part.response
    expect(streamed).toBeTruthy()
    expect((await client.embed({ model: 'sample-embed', input: 'one' })).embeddings).toHaveLength(1)
    expect((await client.embeddings({ model: 'sample-embed', prompt: 'one' })).embedding.length).toBeGreaterThan(0)
    expect(await routesOf(5)).toEqual([
      'POST /api/chat ok',
      'POST /api/generate ok',
      'POST /api/generate ok',
      'POST /api/embed ok',
      'POST /api/embeddings ok',
    ])
  })

  it('to read models', async () => {
    const client = ollama(key)
    expect((await client.list()).models.length).toBeGreaterThan(1)
    expect((await client.ps()).models.length).toBeGreaterThan(0)
    expect((await client.show({ model })).details.family).toBe('sample')
    expect((await client.version()).version).toContain('sample')
    expect(await routesOf(4)).toEqual([
      'GET /api/tags ok',
      'GET /api/ps ok',
      'POST /api/show ok',
      'GET /api/version ok',
    ])
  })

  it('to manage models, with a key that may', async () => {
    const client = ollama(manager)
    let progress = ''
    for await (const part of await client.pull({ model: 'sample-new', stream: true })) progress = part.status
    expect(progress).toBe('success')
    expect((await client.push({ model })).status).toBe('success')
    expect((await client.create({ model: 'sample-mine', from: model })).status).toBe('success')
    expect((await client.copy({ source: model, destination: 'sample-copy' })).status).toBe('success')
    expect((await client.delete({ model: 'sample-large:7b' })).status).toBe('success')
    expect(await routesOf(5)).toEqual([
      'POST /api/pull ok',
      'POST /api/push ok',
      'POST /api/create ok',
      'POST /api/copy ok',
      'DELETE /api/delete ok',
    ])
  })

  it('but not to manage models with a key made for chat', async () => {
    const client = ollama(key)
    const refused = { status_code: 403, error: isRefusedFor('download, create and delete models') }
    await expect(client.pull({ model })).rejects.toMatchObject(refused)
    await expect(client.push({ model })).rejects.toMatchObject(refused)
    await expect(client.create({ model: 'x', from: model })).rejects.toMatchObject(refused)
    await expect(client.copy({ source: model, destination: 'x' })).rejects.toMatchObject(refused)
    await expect(client.delete({ model })).rejects.toMatchObject(refused)
    expect(gateway.received).toEqual([])
  })

  it('and not the account behind Ollama', async () => {
    const refused = { status_code: 403, error: isRefusedFor('use Ollama’s account and web search') }
    const answer = await fetch(`${gateway.url}/api/experimental/web_search`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key.secret}` },
      body: '{"query":"x"}',
    })
    expect({ status_code: answer.status, ...((await answer.json()) as object) }).toEqual(refused)
  })
})

describe('the openai SDK reaches every route that Ollama has for it', () => {
  const openai = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret, maxRetries: 0 })

  it('to chat, complete, respond, embed and transcribe', async () => {
    const client = openai()
    const chat = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })
    expect(chat.choices[0]?.message.content).toBeTruthy()
    expect((await client.completions.create({ model, prompt: 'hi' })).choices[0]?.text).toBeTruthy()
    let streamed = ''
    for await (const part of await client.completions.create({ model, prompt: 'hi', stream: true }))
      streamed += part.choices[0]?.text ?? ''
    expect(streamed).toBeTruthy()
    expect((await client.responses.create({ model, input: 'hi' })).output_text).toBeTruthy()
    expect((await client.embeddings.create({ model: 'sample-embed', input: 'one' })).data).toHaveLength(1)
    const file = await toFile(Buffer.from('RIFF'), 'a.wav')
    expect((await client.audio.transcriptions.create({ model, file })).text).toBeTruthy()
    expect(await routesOf(6)).toEqual([
      'POST /v1/chat/completions ok',
      'POST /v1/completions ok',
      'POST /v1/completions ok',
      'POST /v1/responses ok',
      'POST /v1/embeddings ok',
      'POST /v1/audio/transcriptions ok',
    ])
  })

  it('to read models', async () => {
    const client = openai()
    expect((await client.models.list()).data.length).toBeGreaterThan(1)
    expect((await client.models.retrieve('sample-small:latest')).id).toBe('sample-small:latest')
    expect(await routesOf(2)).toEqual(['GET /v1/models ok', 'GET /v1/models/:model ok'])
  })

  it('but none that Latchkey does not know', async () => {
    const error: unknown = await openai()
      .files.list()
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OpenAiPermissionDenied)
    expect(error).toMatchObject({ code: 'scope_missing', type: 'permission_error' })
    expect(gateway.received).toEqual([])
  })
})

describe('the Anthropic SDK reaches every route that Ollama has for it', () => {
  const anthropic = () => new Anthropic({ baseURL: gateway.url, apiKey: key.secret, maxRetries: 0 })
  const request = { model, max_tokens: 50, messages: [{ role: 'user' as const, content: 'hi' }] }

  it('to chat, whole and streamed', async () => {
    expect((await anthropic().messages.create(request)).content[0]).toMatchObject({ type: 'text' })
    expect((await anthropic().messages.stream(request).finalMessage()).content[0]).toMatchObject({ type: 'text' })
    expect(await routesOf(2)).toEqual(['POST /v1/messages ok', 'POST /v1/messages ok'])
  })

  it('but none that Ollama does not have: counting tokens is refused with its own error', async () => {
    const { messages } = anthropic()
    const error: unknown = await messages
      .countTokens({ model, messages: request.messages })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect((error as NotFoundError).error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
    expect(gateway.received).toEqual([])
  })
})
