import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import Anthropic from '@anthropic-ai/sdk'
import { AsyncCaller } from '@langchain/core/utils/async_caller'
import { ChatOllama } from '@langchain/ollama'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { REFUSALS } from '#shared/gateway/refusal-table.ts'
import { lasts, type RefusalCode, statusOf } from '#shared/gateway/refusals.ts'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

/*
 * Real clients with the retries that they have by default: a person sees the sentence of a refusal that waiting does not
 * mend within five seconds.
 */

const SOON_MS = 5_000
const PROMPT = 'Why is the sky blue?'
const MODEL = 'sample-small'

let gateway: TestGateway
let undo: (() => unknown)[] = []
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(async () => {
  for (const back of undo.reverse()) await back()
  undo = []
})
afterAll(() => gateway.close())

type Ask = (url: string, apiKey: string) => Promise<unknown>

const messages = [{ role: 'user' as const, content: PROMPT }]
const generate = (model: Parameters<typeof generateText>[0]['model']) => generateText({ model, prompt: PROMPT })
const anthropicRequest = { model: MODEL, max_tokens: 50, messages }

const CLIENTS: Record<string, Ask> = {
  'the openai SDK': (url, apiKey) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey }).chat.completions.create({ model: MODEL, messages }),
  'the openai SDK, streamed': (url, apiKey) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey }).chat.completions.create({ model: MODEL, messages, stream: true }),
  'the openai SDK, with responses': (url, apiKey) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey }).responses.create({ model: MODEL, input: PROMPT }),
  'the openai SDK, listing models': (url, apiKey) => new OpenAI({ baseURL: `${url}/v1`, apiKey }).models.list(),
  'the Anthropic SDK': (url, apiKey) => new Anthropic({ baseURL: url, apiKey }).messages.create(anthropicRequest),
  'the ollama SDK': (url, apiKey) => ollama(url, apiKey).chat({ model: MODEL, messages }),
  'the ollama SDK, listing models': (url, apiKey) => ollama(url, apiKey).list(),
  'LangChain for OpenAI': (url, apiKey) =>
    new ChatOpenAI({ model: MODEL, apiKey, configuration: { baseURL: `${url}/v1` } }).invoke(PROMPT),
  'LangChain for OpenAI, streamed': async (url, apiKey) => {
    const model = new ChatOpenAI({ model: MODEL, apiKey, configuration: { baseURL: `${url}/v1` } })
    for await (const piece of await model.stream(PROMPT)) return piece
    return undefined
  },
  'LangChain for Ollama': (url, apiKey) => new ChatOllama(langchain(url, apiKey)).invoke(PROMPT),
  // Its embeddings and completions are not here: they send everything again, also what Ollama itself refuses, because
  // LangChain looks for the status under a name that the ollama SDK does not give it.
  // Its Ollama provider fetches by itself, and throws the sentence with the response (its src/models/utils/ollama.ts).
  'Page Assist’s own client for Ollama': (url, apiKey) =>
    new AsyncCaller({}).call(async () => {
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
      const response = await fetch(`${url}/api/chat`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ model: MODEL, messages }),
      })
      if (!response.ok) throw Object.assign(new Error(await response.text()), { response })
    }),
  'ai, for what is compatible with OpenAI': (url, apiKey) =>
    generate(createOpenAICompatible({ name: 'latchkey', baseURL: `${url}/v1`, apiKey })(MODEL)),
  'ai, for OpenAI': (url, apiKey) => generate(createOpenAI({ baseURL: `${url}/v1`, apiKey })(MODEL)),
  'ai, for Anthropic': (url, apiKey) => generate(createAnthropic({ baseURL: `${url}/v1`, apiKey })(MODEL)),
  'ai, streamed': async (url, apiKey) => {
    let failure: unknown
    const model = createOpenAICompatible({ name: 'latchkey', baseURL: `${url}/v1`, apiKey })(MODEL)
    const stream = streamText({ model, prompt: PROMPT, onError: ({ error }) => void (failure = error) })
    await stream.consumeStream()
    throw failure
  },
}

function ollama(url: string, apiKey: string): Ollama {
  return new Ollama({ host: url, headers: { Authorization: `Bearer ${apiKey}` } })
}

function langchain(baseUrl: string, apiKey: string) {
  return { baseUrl, model: MODEL, headers: { Authorization: `Bearer ${apiKey}` } }
}

const secretOf = async (choices: Partial<NewKeyInput> = {}) => (await gateway.createKey(choices)).secret

function withSettings(changes: Partial<TestGateway['settings']>): Promise<string> {
  const before = { ...gateway.settings }
  Object.assign(gateway.settings, changes)
  undo.push(() => Object.assign(gateway.settings, before))
  return secretOf()
}

/** What each is asked with, so that it is refused; a person meets these in the settings of an app. */
const REFUSED: Partial<Record<RefusalCode, () => Promise<string>>> = {
  gateway_paused: () => withSettings({ paused: true }),
  upstream_unreachable: () => withSettings({ upstream: 'http://127.0.0.1:9' }),
  key_unknown: () => Promise.resolve(WRONG_SECRET),
  key_missing: () => Promise.resolve('none'),
  key_disabled: async () => {
    const { id, secret } = await gateway.createKey()
    await gateway.access.keys.update(id, { enabled: false })
    return secret
  },
  scope_missing: () => secretOf({ scopes: ['usage'] }),
  origin_not_allowed: () => secretOf({ origins: ['https://other.example'] }),
}
// Only where a model is asked.
const REFUSED_CHATS: typeof REFUSED = {
  model_not_allowed: () => secretOf({ models: ['another'] }),
  budget_spent: async () => {
    const secret = await secretOf({ tokensPerDay: 1 })
    await ollama(gateway.url, secret).chat({ model: MODEL, messages })
    return secret
  },
}

const cases = Object.entries({ ...REFUSED, ...REFUSED_CHATS }).flatMap(([code, key]) =>
  Object.entries(CLIENTS)
    .filter(([name]) => !name.includes('listing') || code in REFUSED)
    // It may list models without naming its site.
    .filter(([name]) => !(name.includes('listing') && code === 'origin_not_allowed'))
    .map(([name, ask]) => [code as RefusalCode, name, key, ask] as const),
)

describe('a refusal that waiting does not mend is seen at once', () => {
  it.each(cases)(
    '%s by %s',
    async (code, _name, key, ask) => {
      expect(lasts(code)).toBe(true)
      const apiKey = await key()
      gateway.records.length = 0
      const error = await ask(gateway.url, apiKey).then(
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
    // It may be an attack on the connection: nobody is to take it for less.
    upstream_invalid: 502,
    // The upstream's own 401 and 403 are a 502 for everybody: whoever looks after it must see that it is at fault.
    upstream_wants_key: 502,
    upstream_refuses_key: 502,
    upstream_signed_out: 502,
    // Only of lists, which clients ask for with GET.
    upstream_unreadable: 502,
  }
  const codes = Object.keys(REFUSALS) as RefusalCode[]
  const found = codes.filter((code) => lasts(code) && !shown.includes(statusOf(code, 'POST')))
  expect(Object.fromEntries(found.map((code) => [code, statusOf(code, 'POST')]))).toEqual(others)
})

describe('a monitor, which asks with GET or HEAD, hears the truth about the service', () => {
  it.each(['GET', 'HEAD'])('%s', async (method) => {
    const statuses = async (apiKey: string) =>
      Promise.all(
        ['/', '/api/tags', '/api/version', '/v1/models'].map(async (path) => {
          const headers = path === '/' ? {} : { 'x-api-key': apiKey }
          return (await fetch(gateway.url + path, { method, headers })).status
        }),
      )
    // Ollama has no HEAD for it.
    const v1 = (status: number) => (method === 'GET' ? status : 403)
    expect(await statuses(await withSettings({ paused: true }))).toEqual([503, 503, 503, 503])
    for (const back of undo.splice(0)) await back()
    expect(await statuses(await withSettings({ upstream: 'http://127.0.0.1:9' }))).toEqual([502, 502, 502, v1(502)])
    const healthz = await fetch(`${gateway.url}/healthz`)
    expect([healthz.status, await healthz.json()]).toEqual([200, { gateway: 'up', upstream: 'down' }])
  })
})

it('what passes by itself is worth trying again: an upstream that breaks off is asked once more by those who do', async () => {
  const upstream = await startRawUpstream((socket) => socket.resetAndDestroy())
  undo.push(() => upstream.close())
  const apiKey = await withSettings({ upstream: upstream.url })
  const asked = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey }).chat.completions.create({ model: MODEL, messages })
  await expect(asked).rejects.toMatchObject({ status: 502, code: 'upstream_broke' })
  expect(upstream.heard).toHaveLength(3)
})

it('each refusal names its code in a header, and says there whether to try again', async () => {
  const answers = [
    await fetch(`${gateway.url}/api/tags`),
    await fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers: { 'x-api-key': WRONG_SECRET }, body: '{}' }),
  ]
  const headers = answers.map(({ headers }) => [headers.get('latchkey-refusal'), headers.get('x-should-retry')])
  expect(headers).toEqual([
    ['key_missing', 'false'],
    ['key_unknown', 'false'],
  ])
})

/** All that a person could be shown of an error. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error)
  const { lastError, responseBody } = error as { lastError?: unknown; responseBody?: string }
  return [error.message, responseBody, lastError === undefined ? '' : textOf(lastError)].join(' ')
}
