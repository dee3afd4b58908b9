import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { localAndOnline } from './local-and-online.ts'

const served = localAndOnline()
const { sent, send, expectStays } = served

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
    const get = (path: string) => fetch(served.gateway.url + path, { headers: { 'x-api-key': served.local.secret } })
    expect(await (await get('/api/tags')).text()).toContain('big:20b-cloud')
    expect(await (await get('/v1/models')).text()).toContain('big:20b-cloud')
    expect((await send('/api/show', { model: 'alias' })).status).toBe(200)
    expect(served.gateway.onlineQuestions).toEqual([])
  })

  it('is not asked about where Ollama would ask its cloud', async () => {
    await expectStays('/api/show', { model: 'gpt-oss:cloud' })
    await expectStays('/api/show', { name: 'gpt-oss:20b-cloud' })
    const answer = await fetch(`${served.gateway.url}/v1/models/gpt-oss:cloud`, {
      headers: { 'x-api-key': served.local.secret, 'x-client': 'test' },
    })
    expect(answer.status).toBe(403)
    expect(sent()).toEqual([])
    expect(served.gateway.onlineQuestions).toEqual([])
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
    expect((await send('/api/experimental/web_search', { query: 'x' }, { key: served.online })).status).not.toBe(403)
  })
})
