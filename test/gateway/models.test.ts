import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
let key: IssuedKey
let all: IssuedKey

beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey({ scopes: ['chat', 'models', 'manage'], models: ['sample-small'] })
  all = await gateway.createKey({ scopes: ['all'], models: ['sample-small'] })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

async function send(
  path: string,
  body: string | Buffer<ArrayBuffer> | FormData,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<number> {
  const answer = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key.secret}`, ...headers },
    body,
  })
  await answer.arrayBuffer()
  return answer.status
}

describe('a key for one model', () => {
  it.each([
    'sample-small',
    'sample-small:latest',
    'SAMPLE-SMALL',
    'library/sample-small',
    'registry.ollama.ai/library/sample-small:latest',
  ])('may use it by the name %s', async (model) => {
    await send('/api/show', JSON.stringify({ model }))
    expect(gateway.received).toHaveLength(1)
  })

  it.each([
    ['another model', '{"model":"sample-large:7b"}'],
    ['another tag', '{"model":"sample-small:other"}'],
    ['no model', '{"messages":[]}'],
    ['null', '{"model":null}'],
    ['a number', '{"model":7}'],
    ['another name beside it', '{"model":"sample-small","name":"sample-large:7b"}'],
  ])('may not use %s', async (_name, body) => {
    expect(await send('/api/show', body)).toBeGreaterThanOrEqual(400)
    expect(gateway.received).toEqual([])
  })

  it.each([
    ['two names that differ in case', '{"model":"sample-small","MODEL":"sample-large:7b"}'],
    ['an escaped second name', '{"model":"sample-small","\\u004dodel":"sample-large:7b"}'],
    ['the same name twice', '{"model":"sample-small","model":"sample-small"}'],
    ['a byte order mark', '\ufeff{"model":"sample-small"}'],
    ['trailing data', '{"model":"sample-small"}{"model":"sample-large:7b"}'],
    ['10,000 levels', `{"model":"sample-small","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['a list', '[{"model":"sample-small"}]'],
    ['nothing', ''],
    ['broken JSON', '{"model":"sample-small"'],
  ])('is refused with 400 for %s', async (_name, body) => {
    expect(await send('/api/chat', body)).toBe(400)
    expect(gateway.received).toEqual([])
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('is judged on what a %s body holds, and that is what is sent', async (encoding, compress) => {
    const body = (model: string) => compress(Buffer.from(JSON.stringify({ model, input: 'x' })))
    expect(await send('/v1/embeddings', body('sample-large:7b'), { 'content-encoding': encoding })).toBe(403)
    expect(gateway.received).toEqual([])
    await send('/v1/embeddings', body('sample-small'), { 'content-encoding': encoding })
    expect(gateway.received[0]?.body.toString()).toBe('{"model":"sample-small","input":"x"}')
    expect(gateway.received[0]?.rawHeaders.map((line) => line.toLowerCase())).not.toContain('content-encoding')
  })

  it('is refused a compressed body that grows past the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, ' '))
    expect(await send('/api/chat', bomb, { 'content-encoding': 'gzip' })).toBe(413)
    expect(await send('/api/chat', bomb, { 'content-encoding': 'gzip, gzip' })).toBe(400)
    expect(gateway.received).toEqual([])
  })

  it('is judged on the model field of a form', async () => {
    const form = (...models: string[]) => {
      const data = new FormData()
      for (const model of models) data.append('model', model)
      data.append('file', new Blob(['RIFF']), 'a.wav')
      return data
    }
    expect(await send('/v1/audio/transcriptions', form('sample-large:7b'))).toBe(403)
    expect(await send('/v1/audio/transcriptions', form('sample-small', 'sample-large:7b'))).toBe(400)
    expect(await send('/v1/audio/transcriptions?model=sample-large:7b', form('sample-small'))).toBe(400)
    expect(gateway.received).toEqual([])
    await send('/v1/audio/transcriptions', form('sample-small'))
    expect(gateway.received).toHaveLength(1)
  })

  it('may copy neither from nor to another model', async () => {
    expect(await send('/api/copy', '{"source":"sample-large:7b","destination":"sample-small"}')).toBe(403)
    expect(await send('/api/copy', '{"source":"sample-small","destination":"mine"}')).toBe(403)
    expect(await send('/api/create', '{"model":"sample-small","from":"sample-large:7b"}')).toBe(403)
    for (const hidden of [
      'modelfile',
      'Files',
      'adapters',
      'path',
      'draft_files',
      'REMOTE_HOST',
      '\\u0064raft_files',
    ]) {
      expect(await send('/api/create', `{"model":"sample-small","${hidden}":"FROM sample-large:7b"}`)).toBe(403)
    }
    expect(gateway.received).toEqual([])
  })

  it('may use no field that Latchkey does not know, on any route that manages models', async () => {
    for (const [method, path] of [
      ['POST', '/api/pull'],
      ['POST', '/api/push'],
      ['POST', '/api/create'],
      ['POST', '/api/copy'],
      ['DELETE', '/api/delete'],
      ['POST', '/api/show'],
    ]) {
      const names = path === '/api/copy' ? ['source', 'destination'] : ['model']
      const body = Object.fromEntries(names.map((name) => [name, 'sample-small']))
      expect([path, await send(path as string, JSON.stringify({ ...body, brand_new: null }), {}, method)]).toEqual([
        path,
        403,
      ])
      expect(gateway.received).toEqual([])
      expect(await send(path as string, JSON.stringify(body), {}, method)).toBe(200)
      gateway.received.length = 0
    }
    expect(gateway.records[0]?.reason).toBe('model_not_allowed')
  })

  it('cannot pull from another registry what its list has from here', async () => {
    for (const model of [
      'evil.example/library/sample-small',
      'evil.example/sample-small',
      'http://evil.example/a/sample-small',
    ]) {
      expect(await send('/api/pull', JSON.stringify({ model, insecure: true }))).toBe(403)
    }
    expect(gateway.received).toEqual([])
  })

  it('sees only that model in lists and by name', async () => {
    const get = async (path: string, secret: string) =>
      (await (await fetch(gateway.url + path, { headers: { 'x-api-key': secret } })).json()) as unknown
    expect(namesIn(await get('/api/tags', key.secret))).toEqual(['sample-small:latest'])
    expect(namesIn(await get('/v1/models', key.secret))).toEqual(['sample-small:latest'])
    const other = await fetch(`${gateway.url}/v1/models/sample-large:7b`, { headers: { 'x-api-key': key.secret } })
    expect(other.status).toBe(403)
    const open = await gateway.createKey()
    expect(namesIn(await get('/api/tags', open.secret)).length).toBeGreaterThan(1)
  })

  it('may not use a route that Latchkey cannot judge, whatever its scopes', async () => {
    const answer = await fetch(`${gateway.url}/api/something-new`, {
      method: 'POST',
      headers: { 'x-api-key': all.secret },
      body: '{"model":"sample-small"}',
    })
    expect(answer.status).toBe(403)
    expect(gateway.received).toEqual([])
  })
})

function namesIn(list: unknown): string[] {
  const { models, data } = list as { models?: { name: string }[]; data?: { id: string }[] }
  return [...(models ?? []).map((one) => one.name), ...(data ?? []).map((one) => one.id)]
}
