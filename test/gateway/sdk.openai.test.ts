import OpenAI, { APIUserAbortError, AuthenticationError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import { type BookedTokens, bookedTokens } from '../support/booked-tokens.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

const MESSAGES = [{ role: 'user' as const, content: 'Why is the sky blue?' }]
const MODEL = 'sample-small'

describe('the openai SDK', () => {
  let serve: Serve
  let client: OpenAI
  let booked: (requests: number) => Promise<BookedTokens>

  beforeAll(async () => {
    serve = await startServe()
  })
  afterAll(() => serve?.stop())
  beforeEach(async () => {
    const { id, secret } = await serve.createKey({ name: 'openai' })
    client = new OpenAI({ baseURL: `${serve.gateway}/v1`, apiKey: secret, maxRetries: 0 })
    booked = (requests) => bookedTokens(serve, id, requests)
  })

  it('chats, whole, and its tokens are booked', async () => {
    const answer = await client.chat.completions.create({ model: MODEL, messages: MESSAGES })
    expect(answer.choices[0]?.message.content).toBeTruthy()
    expect(await booked(1)).toEqual(tokens(answer.usage))
  })

  it('chats, streamed, and its tokens are booked though it did not ask for usage', async () => {
    const stream = await client.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true })
    let text = ''
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1)
      expect(chunk.usage ?? null).toBeNull()
      text += chunk.choices[0]?.delta.content ?? ''
    }
    const counts = await booked(1)
    const whole = await client.chat.completions.create({ model: MODEL, messages: MESSAGES })
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(counts).toEqual(tokens(whole.usage))
  })

  it('gets the usage it asked for in a stream', async () => {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    })
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of stream) usage = chunk.usage ?? usage
    expect(usage?.prompt_tokens).toBeGreaterThan(0)
    expect(await booked(1)).toEqual(tokens(usage))
  })

  it('creates a response, streamed, and its tokens are booked', async () => {
    const stream = await client.responses.create({ model: MODEL, input: 'Why is the sky blue?', stream: true })
    let usage: OpenAI.Responses.ResponseUsage | undefined
    for await (const event of stream) if (event.type === 'response.completed') usage = event.response.usage
    expect(usage?.output_tokens).toBeGreaterThan(0)
    expect(await booked(1)).toEqual({ prompt: usage?.input_tokens, completion: usage?.output_tokens, unmetered: 0 })
  })

  it('lists models and makes embeddings', async () => {
    const models = await client.models.list()
    expect(models.data.map(({ id }) => id)).toContain('sample-small:latest')
    const embeddings = await client.embeddings.create({ model: 'sample-embed', input: ['one', 'two'] })
    expect(embeddings.data).toHaveLength(2)
  })

  it('reports a wrong key as its own authentication error, with our sentence', async () => {
    const wrong = client.withOptions({ apiKey: WRONG_SECRET })
    const error = await wrong.models.list().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ status: 401, code: 'key_unknown', type: 'authentication_error' })
    expect((error as AuthenticationError).message).toContain(sentenceOf('key_unknown'))
  })

  it('can leave a stream, and go on', async () => {
    const leave = new AbortController()
    const stream = await client.chat.completions.create(
      { model: MODEL, messages: MESSAGES, stream: true },
      { signal: leave.signal },
    )
    for await (const _chunk of stream) leave.abort()
    const gone = client.models.list({ signal: leave.signal })
    await expect(gone).rejects.toBeInstanceOf(APIUserAbortError)
    await expect(client.models.list()).resolves.toBeTruthy()
  })
})

function tokens(usage: OpenAI.CompletionUsage | null | undefined): object {
  return { prompt: usage?.prompt_tokens, completion: usage?.completion_tokens, unmetered: 0 }
}
