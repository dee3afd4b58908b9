import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import Anthropic from '@anthropic-ai/sdk'
import { AsyncCaller } from '@langchain/core/utils/async_caller'
import { ChatOllama } from '@langchain/ollama'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { REFUSALS } from '#shared/gateway/refusal-table.ts'
import { isLasting, type RefusalCode, sentenceOf, statusOf } from '#shared/gateway/refusals.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'
import { type Asking, MODEL, waysToBeRefused } from '../support/refused.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

/*
 * Real clients with the retries that they have by default: a person sees the sentence of a refusal that waiting does not
 * mend within five seconds.
 */

const SOON_MS = 5_000
const PROMPT = 'Why is the sky blue?'

let gateway: TestGateway
const refused = waysToBeRefused(() => gateway)
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => refused.undo())
afterAll(() => gateway.close())

type Ask = (url: string, asking: Asking) => Promise<unknown>

const messages = [{ role: 'user' as const, content: PROMPT }]
const generate = (model: Parameters<typeof generateText>[0]['model']) => generateText({ model, prompt: PROMPT })

const CLIENTS: Record<string, Ask> = {
  'the openai SDK': (url, { apiKey, model }) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey }).chat.completions.create({ model, messages }),
  'the openai SDK, streamed': (url, { apiKey, model }) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey }).chat.completions.create({ model, messages, stream: true }),
  'the openai SDK, with responses': (url, { apiKey, model }) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey }).responses.create({ model, input: PROMPT }),
  'the openai SDK, listing models': (url, { apiKey }) => new OpenAI({ baseURL: `${url}/v1`, apiKey }).models.list(),
  'the Anthropic SDK': (url, { apiKey, model }) =>
    new Anthropic({ baseURL: url, apiKey }).messages.create({ model, max_tokens: 50, messages }),
  'the ollama SDK': (url, { apiKey, model }) => ollama(url, apiKey).chat({ model, messages }),
  'the ollama SDK, listing models': (url, { apiKey }) => ollama(url, apiKey).list(),
  'LangChain for OpenAI': (url, { apiKey, model }) =>
    new ChatOpenAI({ model, apiKey, configuration: { baseURL: `${url}/v1` } }).invoke(PROMPT),
  'LangChain for OpenAI, streamed': async (url, { apiKey, model }) => {
    const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL: `${url}/v1` } })
    for await (const piece of await chat.stream(PROMPT)) return piece
    return undefined
  },
  'LangChain for OpenAI, embeddings': (url, { apiKey, model }) =>
    new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL: `${url}/v1` } }).embedQuery(PROMPT),
  // Its embeddings and completions for Ollama send everything again: see sdk.langchain.test.ts.
  'LangChain for Ollama': (url, { apiKey, model }) =>
    new ChatOllama({ baseUrl: url, model, headers: { Authorization: `Bearer ${apiKey}` } }).invoke(PROMPT),
  // Its Ollama provider fetches by itself, and throws the sentence with the response (its src/models/utils/ollama.ts).
  'Page Assist’s own client for Ollama': (url, { apiKey, model }) =>
    new AsyncCaller({}).call(async () => {
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
      const response = await fetch(`${url}/api/chat`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ model, messages }),
      })
      if (!response.ok) throw Object.assign(new Error(await response.text()), { response })
    }),
  'ai, for what is compatible with OpenAI': (url, { apiKey, model }) =>
    generate(createOpenAICompatible({ name: 'latchkey', baseURL: `${url}/v1`, apiKey })(model)),
  'ai, for OpenAI': (url, { apiKey, model }) => generate(createOpenAI({ baseURL: `${url}/v1`, apiKey })(model)),
  'ai, for Anthropic': (url, { apiKey, model }) => generate(createAnthropic({ baseURL: `${url}/v1`, apiKey })(model)),
  'ai, streamed': async (url, { apiKey, model }) => {
    let failure: unknown
    const chat = createOpenAICompatible({ name: 'latchkey', baseURL: `${url}/v1`, apiKey })(model)
    const stream = streamText({ model: chat, prompt: PROMPT, onError: ({ error }) => void (failure = error) })
    await stream.consumeStream()
    throw failure
  },
}

function ollama(url: string, apiKey: string): Ollama {
  return new Ollama({ host: url, headers: { Authorization: `Bearer ${apiKey}` } })
}

const cases = Object.entries({ ...refused.anything, ...refused.chats }).flatMap(([code, way]) =>
  Object.entries(CLIENTS)
    .filter(([name]) => !name.includes('listing') || code in refused.anything)
    // It may list models without naming its site.
    .filter(([name]) => !(name.includes('listing') && code === 'origin_not_allowed'))
    .map(([name, ask]) => [code as RefusalCode, name, way, ask] as const),
)

describe('a refusal that waiting does not mend is seen at once', () => {
  it.each(cases)(
    '%s by %s',
    async (code, _name, way, ask) => {
      expect(isLasting(code)).toBe(true)
      const asking = await way()
      gateway.records.length = 0
      const error = await ask(gateway.url, asking).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(textOf(error)).toContain(REFUSALS[code].sentence.split('{', 1)[0])
      // From the first refusal to the one that it shows: how long a busy machine takes before is not the client's waiting.
      const times = gateway.records.filter(({ reason }) => reason === code).map(({ time }) => time)
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(SOON_MS)
    },
    120_000,
  )
})

it('a refusal that waiting does not mend has a status that no client repeats for a POST', () => {
  // LangChain's list of them (@langchain/core, async_caller), without what `ai` repeats for long.
  const shown = [400, 401, 402, 403, 404, 405, 406, 407, 409, 413]
  const others = {
    // No client sends such a request by itself.
    target_too_long: 414,
    too_many_headers: 431,
    not_implemented: 501,
    // LangChain stops for a Retry-After of more than a minute.
    budget_spent: 429,
    person_budget_spent: 429,
    // It may be an attack on the connection, so it must not look harmless.
    upstream_invalid: 502,
    // Only of lists, which clients ask for with GET.
    upstream_unreadable: 502,
  }
  const codes = Object.keys(REFUSALS) as RefusalCode[]
  const found = codes.filter((code) => isLasting(code) && !shown.includes(statusOf(code, 'POST')))
  expect(Object.fromEntries(found.map((code) => [code, statusOf(code, 'POST')]))).toEqual(others)
})

describe('a monitor, which asks with GET or HEAD, hears the truth about the service', () => {
  it.each(['GET', 'HEAD'])('%s', async (method) => {
    const statuses = async ({ apiKey }: Asking) =>
      Promise.all(
        ['/', '/api/tags', '/api/version', '/v1/models'].map(async (path) => {
          const headers = path === '/' ? {} : { 'x-api-key': apiKey }
          return (await fetch(gateway.url + path, { method, headers })).status
        }),
      )
    // Ollama has no HEAD for it.
    const v1 = (status: number) => (method === 'GET' ? status : 403)
    expect(await statuses(await refused.withSettings({ paused: true }))).toEqual([503, 503, 503, 503])
    await refused.undo()
    expect(await statuses(await refused.withSettings({ upstream: 'http://127.0.0.1:9' }))).toEqual([
      502,
      502,
      502,
      v1(502),
    ])
    const healthz = await fetch(`${gateway.url}/healthz`)
    expect([healthz.status, await healthz.json()]).toEqual([200, { gateway: 'up', upstream: 'down' }])
    await refused.undo()
    expect(await statuses(await refused.anything.upstream_wants_key())).toEqual([502, 502, 502, v1(502)])
  })
})

it('a temporary fault is worth a retry: the OpenAI SDK asks again after the upstream broke off', async () => {
  const { apiKey } = await refused.behind((socket) => socket.resetAndDestroy())
  gateway.records.length = 0
  const asked = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey }).chat.completions.create({ model: MODEL, messages })
  await expect(asked).rejects.toMatchObject({ status: 502, code: 'upstream_broke' })
  expect(gateway.records).toHaveLength(3)
})

it('SDKs that obey X-Should-Retry send a POST once if its 502 is lasting', async () => {
  const asking = await refused.behind('HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}')
  for (const name of ['the openai SDK', 'the Anthropic SDK', 'the ollama SDK']) {
    gateway.records.length = 0
    await expect(CLIENTS[name]?.(gateway.url, asking), name).rejects.toThrow('was not valid HTTP')
    expect(gateway.records, name).toMatchObject([{ reason: 'upstream_invalid', status: 502 }])
  }
})

it('each refusal names its code in a header, and says there whether and when to try again', async () => {
  const told = async ({ apiKey }: Asking, method: string, path = '/v1/responses') => {
    const body = method === 'POST' ? { body: JSON.stringify({ model: MODEL, input: PROMPT }) } : {}
    const { headers } = await fetch(gateway.url + path, { method, headers: { 'x-api-key': apiKey }, ...body })
    return ['latchkey-refusal', 'x-should-retry', 'retry-after'].map((name) => headers.get(name))
  }
  const nobody = { apiKey: '', model: MODEL }
  expect(await told(nobody, 'GET', '/api/tags')).toEqual(['key_missing', 'false', '0'])
  expect(await told({ ...nobody, apiKey: WRONG_SECRET }, 'POST')).toEqual(['key_unknown', 'false', '0'])
  const paused = await refused.withSettings({ paused: true })
  expect(await told(paused, 'POST')).toEqual(['gateway_paused', 'false', '0'])
  expect(await told(paused, 'GET', '/api/tags')).toEqual(['gateway_paused', 'false', '1'])
  await refused.undo()
  // A monitor is never told that a service which is down may be back at once.
  const down = await refused.withSettings({ upstream: 'http://127.0.0.1:9' })
  expect(await told(down, 'GET', '/api/tags')).toEqual(['upstream_unreachable', 'false', null])
})

it('a client also gets the reason for an unreadable request', async () => {
  const answer = await exchangeRaw(gateway.port, 'POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*\r\nX-Should-Retry: false\r\nRetry-After: 0\r\n/s)
})

it('a spent daily budget is reported in the form that Codex recognises', async () => {
  const { apiKey } = await refused.chats.budget_spent()
  const body = JSON.stringify({ model: MODEL, input: PROMPT })
  const answer = await fetch(`${gateway.url}/v1/responses`, { method: 'POST', headers: { 'x-api-key': apiKey }, body })
  const message = sentenceOf('budget_spent')
  expect(answer.status).toBe(429)
  expect(await answer.json()).toMatchObject({ error: { type: 'usage_limit_reached', code: 'budget_spent', message } })
  expect(`${answer.headers.get('x-codex-promo-message')}.`).toBe(message)
})

/** All that a person could be shown of an error. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error)
  const { lastError, responseBody } = error as { lastError?: unknown; responseBody?: string }
  return [error.message, responseBody, lastError === undefined ? '' : textOf(lastError)].join(' ')
}
