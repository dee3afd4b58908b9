import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
let key: IssuedKey
let online: IssuedKey

beforeAll(async () => {
  gateway = await startGateway({ remoteModels: ['big:20b-cloud', 'alias:latest'], chunkDelayMs: 5 })
  const scopes = ['chat', 'models', 'manage', 'all'] as const
  key = await gateway.createKey({ scopes: [...scopes] })
  online = await gateway.createKey({ scopes: [...scopes], online: true })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
  gateway.onlineQuestions.length = 0
})
afterAll(() => gateway.close())

/** What clients sent on: not what the gateway itself asks, which carries no such header. */
const sent = () =>
  gateway.received.filter(({ rawHeaders }) => rawHeaders.some((line) => line.toLowerCase() === 'x-client'))

interface Sent {
  status: number
  text: string
}

async function send(
  path: string,
  body: string | Buffer<ArrayBuffer> | FormData | object,
  options: { key?: IssuedKey; method?: string; headers?: Record<string, string> } = {},
): Promise<Sent> {
  const isPlain = typeof body === 'object' && !Buffer.isBuffer(body) && !(body instanceof FormData)
  const answer = await fetch(gateway.url + path, {
    method: options.method ?? 'POST',
    headers: { authorization: `Bearer ${(options.key ?? key).secret}`, 'x-client': 'test', ...options.headers },
    body: isPlain ? JSON.stringify(body) : (body as string),
  })
  return { status: answer.status, text: await answer.text() }
}

async function expectStays(path: string, body: Parameters<typeof send>[1], options: Parameters<typeof send>[2] = {}) {
  const { status, text } = await send(path, body, options)
  expect([status, text]).toEqual([403, expect.stringContaining('This key keeps everything on this computer')])
  expect(sent()).toEqual([])
  expect((await gateway.record(gateway.records.length - 1)).reason).toBe('stays_local')
}

const USES = [
  '/api/generate',
  '/api/chat',
  '/api/embed',
  '/api/embeddings',
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/v1/messages',
  '/v1/images/generations',
]

describe('without online, a model of the cloud', () => {
  it.each(USES)('is not used on %s, by its name or by what Ollama says of it', async (path) => {
    for (const model of ['gpt-oss:cloud', 'big:20b-cloud', 'alias', 'library/alias:latest', 'ALIAS']) {
      await expectStays(path, {
        model,
        prompt: 'x',
        input: 'x',
        messages: [{ role: 'user', content: 'x' }],
        max_tokens: 1,
      })
    }
  })

  it.each([
    'gpt-oss:Cloud',
    'gpt-oss:20b:cloud',
    'gpt-oss:20B-CLOUD',
    'a/b:cloud',
    ' gpt-oss:cloud ',
    'gpt-oss: cloud',
    'gpt-oss:cloud\u0085',
  ])('is known by every spelling: %j', (model) => expectStays('/api/chat', { model }))

  it.each(['sample-small', 'sample-small:latest', 'gpt-oss-cloud', 'sample-cloud:latest', 'cloud/x'])(
    'is not taken for one: %s',
    async (model) => {
      await send('/api/chat', { model })
      expect(sent()).toHaveLength(1)
    },
  )

  it('is not used in a form, nor by a name in the query beside one', async () => {
    const form = (model: string) => {
      const data = new FormData()
      data.append('model', model)
      data.append('file', new Blob(['RIFF']), 'a.wav')
      return data
    }
    await expectStays('/v1/audio/transcriptions', form('big:20b-cloud'))
    await expectStays('/v1/audio/transcriptions', form('alias'))
    for (const query of ['?model=big:20b-cloud', '?a=b&m%6fdel=x']) {
      expect((await send(`/v1/audio/transcriptions${query}`, form('sample-small'))).status).toBe(400)
    }
    expect(sent()).toEqual([])
    expect((await send('/v1/audio/transcriptions?language=de', form('sample-small'))).status).toBe(200)
  })

  it('still stands in the lists, and what Ollama knows of it without asking its cloud is told', async () => {
    const get = (path: string) => fetch(gateway.url + path, { headers: { 'x-api-key': key.secret } })
    expect(await (await get('/api/tags')).text()).toContain('big:20b-cloud')
    expect(await (await get('/v1/models')).text()).toContain('big:20b-cloud')
    expect((await send('/api/show', { model: 'alias' })).status).toBe(200)
    expect(gateway.onlineQuestions).toEqual([])
  })

  it('is not asked about where Ollama would ask its cloud', async () => {
    await expectStays('/api/show', { model: 'gpt-oss:cloud' })
    await expectStays('/api/show', { name: 'gpt-oss:20b-cloud' })
    const answer = await fetch(`${gateway.url}/v1/models/gpt-oss:cloud`, {
      headers: { 'x-api-key': key.secret, 'x-client': 'test' },
    })
    expect(answer.status).toBe(403)
    expect(sent()).toEqual([])
    expect(gateway.onlineQuestions).toEqual([])
  })

  it('is not what a new model stands for', async () => {
    await expectStays('/api/create', { model: 'mine', from: 'gpt-oss:cloud' })
    await expectStays('/api/create', { model: 'mine', from: 'x', remote_host: 'http://other.example' })
    await expectStays('/api/create', '{"model":"mine","from":"x","Remote_Ho\u017ft":"/x/y"}')
    await expectStays('/api/create', { model: 'mine', name: 'b', From: 'gpt-oss:cloud' })
    for (const remote_host of [null, '']) {
      expect((await send('/api/create', { model: 'mine', from: 'sample-small', remote_host })).status).toBe(200)
    }
  })
})

describe('without online, no reader of the body finds what the gateway did not', () => {
  it.each([
    ['another case', '{"MODEL":"gpt-oss:cloud"}'],
    ['an escape', '{"\\u006dodel":"gpt-oss:\\u0063loud"}'],
    ['the first of two', '{"model":"gpt-oss:cloud","model":"sample-small"}'],
    ['the last of two', '{"model":"sample-small","Model":"alias"}'],
    ['more behind it', '{"model":"gpt-oss:cloud"}{"model":"sample-small"}'],
    ['white space before it', ' \n\t\r{"model":"gpt-oss:cloud"}'],
  ])('%s', (_name, body) => expectStays('/api/chat', body))

  it('bytes that are not UTF-8', async () => {
    const body = (model: string) =>
      Buffer.concat([Buffer.from(`{"model":"${model}","prompt":"`), Buffer.from([0xf6]), Buffer.from('"}')])
    await expectStays('/api/generate', body('gpt-oss:cloud'))
    expect((await send('/api/generate', body('sample-small'))).status).toBe(200)
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('a body in %s, which is sent on unpacked', async (encoding, compress) => {
    const body = (model: string) => compress(Buffer.from(JSON.stringify({ model, input: 'x' })))
    const headers = { 'content-encoding': encoding }
    await expectStays('/v1/embeddings', body('gpt-oss:cloud'), { headers })
    expect((await send('/v1/embeddings', body('sample-small'), { headers })).status).toBe(200)
    expect(sent()[0]?.body.toString()).toBe('{"model":"sample-small","input":"x"}')
  })

  it.each([
    ['a byte order mark', '\ufeff{"model":"gpt-oss:cloud"}'],
    ['no end', '{"model":"gpt-oss:cloud"'],
    ['10,000 levels', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)},"model":"gpt-oss:cloud"}`],
  ])('%s is refused', async (_name, body) => {
    expect((await send('/api/chat', body)).status).toBe(400)
    expect(sent()).toEqual([])
  })

  it.each(['', '[]', 'null', 'hello', '"gpt-oss:cloud"'])(
    'what is no object is Ollama’s to refuse: %j',
    async (body) => {
      await send('/api/chat', body)
      expect(sent()[0]?.body.toString()).toBe(body)
    },
  )
})

describe('without online, a tool that the server runs', () => {
  const ask = (tools: unknown) => ({
    model: 'sample-small',
    max_tokens: 1,
    input: 'x',
    messages: [{ role: 'user', content: 'x' }],
    tools,
  })

  it.each(['/v1/messages', '/v1/responses', '/v1/chat/completions'])('is not declared on %s', async (path) => {
    for (const type of [
      'web_search',
      'web_search_20250305',
      'web_search_preview',
      ' web_search',
      'web_fetch_20250910',
      'mcp',
    ]) {
      await expectStays(
        path,
        ask([
          { type: 'function', name: 'f' },
          { type, name: 'web_search' },
        ]),
      )
    }
    await expectStays(path, JSON.stringify(ask([{ type: 'web_search' }])).replace('web_search', '\\u0077eb_search'))
    await expectStays(path, JSON.stringify(ask([{ Type: 'web_search' }])).replace('tools', 'TOOLS'))
    await expectStays(path, `{"model":"sample-small","messages":[],"tools":[],"tools":[{"type":"web_search"}]}`)
  })

  it('is none that the client runs itself, whatever its name', async () => {
    const own = { type: 'function', name: 'web_search', function: { name: 'web_search', description: 'web_search' } }
    const custom = {
      name: 'web_search',
      input_schema: { type: 'object', properties: { web_search: { type: 'string' } } },
    }
    expect((await send('/v1/messages', ask([custom]))).status).toBe(200)
    expect((await send('/v1/responses', ask([own]))).status).toBe(200)
    expect((await send('/v1/chat/completions', ask([own]))).status).toBe(200)
    for (const tools of [null, {}, 'web_search', [null, 1, 'web_search']]) await send('/v1/messages', ask(tools))
    expect(sent()).toHaveLength(7)
  })

  it('nor are Ollama’s own routes for it used, with any scope', async () => {
    await expectStays('/api/experimental/web_search', { query: 'x' })
    await expectStays('/api/experimental/web_fetch', { url: 'https://example.org' })
    expect((await send('/api/experimental/web_search', { query: 'x' }, { key: online })).status).not.toBe(403)
  })
})

describe('with online', () => {
  it('all of it is passed on', async () => {
    await send('/api/chat', { model: 'big:20b-cloud', stream: false }, { key: online })
    await send('/api/chat', { model: 'alias', stream: false }, { key: online })
    await send(
      '/v1/messages',
      { model: 'alias', max_tokens: 1, tools: [{ type: 'web_search' }], messages: [] },
      { key: online },
    )
    await send('/api/create', { model: 'mine', from: 'x:cloud', remote_host: 'ollama.com' }, { key: online })
    await send('/api/show', { model: 'gpt-oss:cloud' }, { key: online })
    expect(sent()).toHaveLength(5)
    expect(gateway.onlineQuestions).toEqual([])
  })

  it('the list of models still decides, and first: nobody is asked about what the key may not use anyway', async () => {
    const listed = await gateway.createKey({ models: ['sample-small', 'big:*'] })
    expect((await send('/api/chat', { model: 'alias' }, { key: listed })).text).toContain('list of models')
    expect(gateway.onlineQuestions).toEqual([])
    await expectStays('/api/chat', { model: 'big:20b-cloud' }, { key: listed })
    await gateway.access.keys.update(listed.id, { online: true })
    expect((await send('/api/chat', { model: 'big:20b-cloud' }, { key: listed })).status).toBe(200)
  })
})

describe('what manages models', () => {
  it('may load and send models without online, and ask who is signed in first', async () => {
    const manager = await gateway.createKey({ scopes: ['manage'] })
    await send('/api/pull', { model: 'gpt-oss:20b-cloud' }, { key: manager })
    await send('/api/push', { name: 'me/mine' }, { key: manager })
    await send('/api/me', '', { key: manager })
    await send('/api/copy', { source: 'alias', destination: 'b' }, { key: manager })
    await send('/api/delete', { model: 'alias' }, { key: manager, method: 'DELETE' })
    expect(sent().map(({ url }) => url)).toEqual(['/api/pull', '/api/push', '/api/me', '/api/copy', '/api/delete'])
    expect((await send('/api/signout', '', { key: manager })).status).toBe(403)
  })

  it('has all that the commands of ollama ask for it', async () => {
    const manager = await gateway.createKey({ scopes: ['manage'], allowInUrl: true })
    const at = `${gateway.url}/k/${manager.secret}`
    const head = { method: 'HEAD', headers: { 'x-client': 'test' } }
    expect((await fetch(`${at}/`, head)).status).toBe(200)
    expect((await fetch(`${at}/api/blobs/sha256:0`, head)).status).toBe(404)
    expect((await fetch(`${at}/api/show`, { method: 'POST', body: '{"model":"sample-small"}' })).status).toBe(403)
    expect((await fetch(`${at}/api/tags`)).status).toBe(403)
  })
})

describe('the question', () => {
  it('comes once per key, and yes lets it through at once', async () => {
    const asking = await gateway.createKey({ name: 'Page Assist' })
    for (let call = 0; call < 3; call++) await expectStays('/api/chat', { model: 'alias' }, { key: asking })
    await until(() => gateway.onlineQuestions.length > 0, 'the question')
    expect(gateway.onlineQuestions.map(({ name, onlineQuestion }) => [name, onlineQuestion])).toEqual([
      ['Page Assist', 'model'],
    ])
    expect(gateway.access.pendingOnlineCount()).toBeGreaterThan(0)
    await gateway.access.keys.update(asking.id, { online: true })
    expect((await send('/api/chat', { model: 'alias' }, { key: asking })).status).toBe(200)
    expect(gateway.records.at(-1)?.outcome).toBe('ok')
  })

  it('is not asked again after a no', async () => {
    const asking = await gateway.createKey()
    await expectStays(
      '/v1/messages',
      { model: 'sample-small', max_tokens: 1, messages: [], tools: [{ type: 'web_search' }] },
      { key: asking },
    )
    await until(() => gateway.onlineQuestions.length > 0, 'the question')
    expect(gateway.onlineQuestions[0]?.onlineQuestion).toBe('web')
    const answered = await gateway.access.keys.update(asking.id, { online: false })
    expect(answered).toMatchObject({ online: false, onlineQuestion: 'answered' })
    await expectStays('/api/chat', { model: 'alias' }, { key: asking })
    expect(gateway.onlineQuestions).toHaveLength(1)
  })

  it('a key that may no longer go online loses the answers that run', async () => {
    const asking = await gateway.createKey({ online: true })
    const answer = await fetch(`${gateway.url}/api/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${asking.secret}` },
      body: JSON.stringify({ model: 'alias', messages: [{ role: 'user', content: 'write a long story' }] }),
    })
    await answer.body?.getReader().read()
    await gateway.access.keys.update(asking.id, { online: false })
    await until(() => gateway.records.find(({ keyId }) => keyId === asking.id), 'the end of the answer')
    expect(gateway.records.at(-1)).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
  })
})
