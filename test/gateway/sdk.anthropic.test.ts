import Anthropic, { AuthenticationError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import { type BookedTokens, bookedTokens } from '../support/booked-tokens.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

const REQUEST = {
  model: 'sample-small',
  max_tokens: 500,
  messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }],
}

describe('the Anthropic SDK', () => {
  let serve: Serve
  let client: Anthropic
  let booked: (requests: number) => Promise<BookedTokens>

  beforeAll(async () => {
    serve = await startServe()
  })
  afterAll(() => serve?.stop())
  beforeEach(async () => {
    const { id, secret } = await serve.createKey({ name: 'anthropic' })
    client = new Anthropic({ baseURL: serve.gateway, apiKey: secret, maxRetries: 0 })
    booked = (requests) => bookedTokens(serve, id, requests)
  })

  it('chats, whole, and its tokens are booked', async () => {
    const answer = await client.messages.create(REQUEST)
    expect(answer.content[0]).toMatchObject({ type: 'text' })
    expect(await booked(1)).toEqual(tokens(answer.usage))
  })

  it('chats, streamed, and its tokens are booked', async () => {
    const answer = await client.messages.stream(REQUEST).finalMessage()
    expect(await booked(1)).toEqual(tokens(answer.usage))
    expect((await client.messages.create(REQUEST)).content).toEqual(answer.content)
  })

  it('reports a wrong key as its own authentication error, with our sentence', async () => {
    const wrong = client.withOptions({ apiKey: WRONG_SECRET })
    const error = await wrong.messages.create(REQUEST).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as AuthenticationError).error).toEqual({
      type: 'error',
      error: { type: 'authentication_error', message: sentenceOf('key_unknown') },
    })
  })

  it('can leave a stream, and go on', async () => {
    const stream = await client.messages.create({ ...REQUEST, stream: true })
    for await (const _event of stream) break
    await expect(client.messages.create(REQUEST)).resolves.toBeTruthy()
  })
})

function tokens(usage: Anthropic.Usage): BookedTokens {
  return { prompt: usage.input_tokens, completion: usage.output_tokens, unmetered: 0 }
}
