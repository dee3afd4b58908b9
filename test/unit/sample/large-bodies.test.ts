import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeGoJson } from '../../../src-main/sample/go-json.ts'
import { type SampleUpstream, startSampleUpstream } from '../../../src-main/sample/sample-upstream.ts'

const MEGABYTE = 1_000_000
const MODEL = 'sample-small'

let sample: SampleUpstream

beforeAll(async () => {
  sample = await startSampleUpstream()
})
afterAll(() => sample.close())

async function post(path: string, body: object | string): Promise<{ status: number; text: string }> {
  const answer = await fetch(sample.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text() }
}

describe('a body of 30 MB is answered', () => {
  const word = 'x'.repeat(30 * MEGABYTE)
  const messages = [{ role: 'user', content: word }]

  it.each([
    ['/api/chat', { messages }],
    ['/api/chat', { messages: [{ role: 'user', content: 'What is this?', images: [word] }] }],
    ['/api/generate', { prompt: word }],
    ['/api/embed', { input: word }],
    ['/v1/chat/completions', { messages }],
    ['/v1/completions', { prompt: word }],
    ['/v1/embeddings', { input: word }],
    ['/v1/responses', { input: word }],
    ['/v1/messages', { max_tokens: 5, messages }],
  ])('%s', async (path, body) => {
    const { status, text } = await post(path, { model: MODEL, stream: false, ...body })
    expect(text.slice(0, 200)).not.toContain('call stack')
    expect(status).toBe(200)
  })
})

it('a string of 100 MB, ten million words, and ten million quotes and backslashes are read', async () => {
  const values = ['x'.repeat(100 * MEGABYTE), 'a '.repeat(10 * MEGABYTE), '\\"'.repeat(5 * MEGABYTE)]
  for (const value of values) expect(decodeGoJson(JSON.stringify({ Value: value }))['value'] === value).toBe(true)
  const counted = await post('/api/generate', { model: MODEL, stream: false, prompt: 'a '.repeat(3 * MEGABYTE) })
  expect(JSON.parse(counted.text)).toMatchObject({ prompt_eval_count: 3 * MEGABYTE })
})

it('a body that is nested too deeply is refused like in Ollama', async () => {
  const nested = (depth: number) =>
    `{"model":"${MODEL}","stream":false,"messages":${'['.repeat(depth)}"deep"${']'.repeat(depth)}}`
  expect(await post('/api/chat', nested(9_999))).toMatchObject({ status: 200 })
  expect(await post('/api/chat', nested(10_001))).toMatchObject({
    status: 400,
    text: expect.stringContaining('exceeded max depth') as string,
  })
})

it('members behind two thousand spaces are read, and the last of several wins', () => {
  const gap = ' \n'.repeat(1_000)
  expect(
    decodeGoJson(`${gap}{${gap}"A"${gap}:${gap}1${gap},"a":"\\\\\\"",${gap}"B":{"c":[]}${gap}}${gap}tail`),
  ).toEqual({
    a: '\\"',
    b: { c: [] },
  })
  expect(decodeGoJson(`{${gap}}`)).toEqual({})
  for (const wrong of ['{"a', '{"a":"\\"', '{', '{"a":1', '[]', '"a"', '']) expect(() => decodeGoJson(wrong)).toThrow()
})
