import { ChatOllama, Ollama, OllamaEmbeddings } from '@langchain/ollama'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

const PROMPT = 'Why is the sky blue?'

describe('LangChain’s Ollama client', () => {
  let gateway: TestGateway
  let key: IssuedKey

  beforeAll(async () => {
    gateway = await startGateway()
    key = await gateway.createKey()
  })
  beforeEach(() => {
    gateway.records.length = 0
    gateway.received.length = 0
  })
  afterAll(() => gateway.close())

  const options = (model = 'sample-small', secret = key.secret) => ({
    baseUrl: gateway.url,
    model,
    headers: { Authorization: `Bearer ${secret}` },
    maxRetries: 0,
  })
  const expectCounted = async (route: string) =>
    expect(await gateway.record()).toMatchObject({ route, keyId: key.id, outcome: 'ok', metered: true })

  it('chats, and its tokens are counted as it counts them', async () => {
    const answer = await new ChatOllama(options()).invoke(PROMPT)
    expect(answer.content).toBeTruthy()
    await expectCounted('/api/chat')
    const { promptTokens, completionTokens } = await gateway.record()
    expect(answer.usage_metadata).toMatchObject({ input_tokens: promptTokens, output_tokens: completionTokens })
  })

  it('chats, streamed, with the same words', async () => {
    let text = ''
    for await (const piece of await new ChatOllama(options()).stream(PROMPT)) text += piece.text
    expect(text).toBe((await new ChatOllama(options()).invoke(PROMPT)).text)
    await expectCounted('/api/chat')
  })

  it('gives its tools and its wish for JSON to the upstream unchanged', async () => {
    const tool = {
      type: 'function' as const,
      function: { name: 'weather', description: 'Tells the weather', parameters: { type: 'object', properties: {} } },
    }
    await new ChatOllama({ ...options(), format: 'json' }).bindTools([tool]).invoke(PROMPT)
    expect(JSON.parse(gateway.received[0]?.body.toString() ?? '')).toMatchObject({ tools: [tool], format: 'json' })
  })

  it('generates', async () => {
    expect(await new Ollama(options()).invoke(PROMPT)).toBeTruthy()
    await expectCounted('/api/generate')
  })

  it('makes embeddings', async () => {
    const vectors = await new OllamaEmbeddings(options('sample-embed')).embedDocuments(['one', 'two'])
    expect(vectors).toHaveLength(2)
    await expectCounted('/api/embed')
  })

  it('reports a wrong key with our sentence', async () => {
    await expect(new ChatOllama(options('sample-small', WRONG_SECRET)).invoke(PROMPT)).rejects.toMatchObject({
      status_code: 401,
      message: sentenceOf('key_unknown'),
    })
    expect(gateway.received).toEqual([])
  })

  /*
   * LangChain looks for the status under `status` or `response.status`, where it is under `status_code` in the error of the
   * ollama SDK. Of an answer that error has only the sentence and the status: no code, no header, no name of its own. So
   * nothing that an answer can say ends this, six times with the default; also not what Ollama itself refuses.
   */
  it.each([
    [
      'embeddings',
      (choices: object) => new OllamaEmbeddings({ ...options('sample-embed'), ...choices }).embedQuery('one'),
    ],
    ['completions', (choices: object) => new Ollama({ ...options(), ...choices }).invoke(PROMPT)],
  ])('repeats %s whatever the answer, until a person sets maxRetries: 0', async (_name, ask) => {
    gateway.settings.paused = true
    const asked = async (choices: object) => {
      gateway.records.length = 0
      await expect(ask(choices)).rejects.toThrow(sentenceOf('gateway_paused'))
      return gateway.records.map(({ status }) => status)
    }
    try {
      expect(await asked({ maxRetries: 0 })).toEqual([409])
      expect(await asked({ maxRetries: 1 })).toEqual([409, 409])
    } finally {
      gateway.settings.paused = false
    }
  })

  it('can leave a stream, and go on', async () => {
    for await (const _piece of await new ChatOllama(options()).stream(PROMPT)) break
    expect((await new ChatOllama(options()).invoke(PROMPT)).content).toBeTruthy()
  })
})
