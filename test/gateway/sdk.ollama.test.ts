import { type ChatResponse, Ollama } from 'ollama'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import { type BookedTokens, bookedTokens } from '../support/booked-tokens.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

const REQUEST = { model: 'sample-small', messages: [{ role: 'user', content: 'Why is the sky blue?' }] }

describe('the ollama SDK', () => {
  let serve: Serve
  let client: Ollama
  let booked: (requests: number) => Promise<BookedTokens>

  beforeAll(async () => {
    serve = await startServe()
  })
  afterAll(() => serve?.stop())
  beforeEach(async () => {
    const { id, secret } = await serve.createKey({ name: 'ollama' })
    client = withKey(secret)
    booked = (requests) => bookedTokens(serve, id, requests)
  })

  function withKey(secret: string): Ollama {
    return new Ollama({ host: serve.gateway, headers: { Authorization: `Bearer ${secret}` } })
  }

  it('chats, whole, and its tokens are booked', async () => {
    const answer = await client.chat(REQUEST)
    expect(answer.message.content).toBeTruthy()
    expect(await booked(1)).toEqual(tokens(answer))
  })

  it('chats, streamed, and its tokens are booked', async () => {
    let text = ''
    for await (const part of await client.chat({ ...REQUEST, stream: true })) text += part.message.content
    const counts = await booked(1)
    const whole = await client.chat(REQUEST)
    expect(text).toBe(whole.message.content)
    expect(counts).toEqual(tokens(whole))
  })

  it('generates, lists models, shows one and makes embeddings', async () => {
    expect((await client.generate({ model: 'sample-small', prompt: 'Hello' })).response).toBeTruthy()
    expect((await client.list()).models.map(({ name }) => name)).toContain('sample-small:latest')
    expect((await client.show({ model: 'sample-small' })).details.family).toBe('sample')
    expect((await client.embed({ model: 'sample-embed', input: ['one', 'two'] })).embeddings).toHaveLength(2)
  })

  it('may not pull a model with a key made for chat', async () => {
    await expect(client.pull({ model: 'sample-small' })).rejects.toMatchObject({ status_code: 403 })
  })

  it('reports a wrong key as 401, with our sentence', async () => {
    const wrong = withKey(WRONG_SECRET)
    await expect(wrong.list()).rejects.toMatchObject({ status_code: 401, error: sentenceOf('key_unknown') })
  })

  it('can leave a stream, and go on', async () => {
    const stream = await client.chat({ ...REQUEST, stream: true })
    const reading = (async () => {
      for await (const _part of stream) stream.abort()
    })()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    await expect(client.list()).resolves.toBeTruthy()
  })
})

function tokens(answer: ChatResponse): BookedTokens {
  return { prompt: answer.prompt_eval_count, completion: answer.eval_count, unmetered: 0 }
}
