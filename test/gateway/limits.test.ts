import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { IssuedKey, NewKeyInput } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRaw } from '../support/raw-http.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ chunkDelayMs: 20 })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

const CHAT = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'one two' }] })

const chat = ({ secret }: IssuedKey, body = CHAT) =>
  fetch(`${gateway.url}/api/chat`, { method: 'POST', headers: { 'x-api-key': secret }, body })
const refusal = async (answer: Response) => ({
  status: answer.status,
  retryAfter: Number(answer.headers.get('retry-after')),
  error: ((await answer.json()) as { error: string }).error,
})

describe('a key is refused with 429, a sentence and when to come back', () => {
  it('past its requests of a minute; those refused for another reason are among them', async () => {
    const key = await gateway.createKey({ requestsPerMinute: 7, models: ['sample-small'] })
    for (let round = 0; round < 5; round++) expect((await chat(key, '{"model":"another"}')).status).toBe(403)
    for (let round = 0; round < 2; round++) await (await chat(key)).text()
    const { status, retryAfter, error } = await refusal(await chat(key, '{"model":"another"}'))
    expect([status, error]).toEqual([429, expect.stringContaining('this minute')])
    expect(retryAfter).toBeGreaterThan(50)
    expect(retryAfter).toBeLessThanOrEqual(60)
    expect(gateway.received).toHaveLength(2)
    expect(await gateway.record(7)).toMatchObject({ outcome: 'refused', reason: 'rate_limited', keyId: key.id })
  })

  it.each([
    ['a scope it lacks', { scopes: ['models'] }, '/api/chat', CHAT],
    ['an endpoint it may not use', { endpoints: ['/api/tags'] }, '/api/chat', CHAT],
    ['a route nobody knows', {}, '/api/nothing', ''],
    ['a model it may not use', { models: ['another'] }, '/api/chat', CHAT],
    ['a body that cannot be read', { models: ['another'] }, '/api/chat', '{'],
    ['a name that is too long', { models: ['another'] }, '/api/chat', JSON.stringify({ model: 'a'.repeat(301) })],
    ['its place in the address', {}, '/k/SECRET/api/chat', CHAT],
  ] satisfies [string, Partial<NewKeyInput>, string, string][])(
    'past its requests of a minute, all of them refused for %s',
    async (_, choices, path, body) => {
      const key = await gateway.createKey({ requestsPerMinute: 2, ...choices })
      const send = () => {
        const headers = path.includes('SECRET') ? undefined : { 'x-api-key': key.secret }
        const address = gateway.url + path.replace('SECRET', key.secret)
        return fetch(address, { method: 'POST', ...(headers === undefined ? {} : { headers }), body })
      }
      for (let round = 0; round < 2; round++) expect((await send()).status).toBeLessThan(404)
      expect(await refusal(await send())).toMatchObject({ status: 429, error: expect.stringContaining('this minute') })
      expect(gateway.received).toHaveLength(0)
    },
  )

  it('past its tokens of a day, also with a new secret', async () => {
    const key = await gateway.createKey({ tokensPerDay: 3 })
    await (await chat(key)).text()
    await gateway.record()
    const rotated = (await gateway.access.keys.rotate(key.id, 0)) as IssuedKey
    const { status, retryAfter, error } = await refusal(await chat(rotated))
    expect([status, error]).toEqual([429, expect.stringContaining('tokens for today')])
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(25 * 3_600)
    expect(gateway.received).toHaveLength(1)
  })

  it('with more at the same time than it may have, until one of them ends, however it ends', async () => {
    const key = await gateway.createKey({ concurrency: 2 })
    const [whole, left] = [await chat(key), await chat(key)]
    expect(await refusal(await chat(key))).toMatchObject({ status: 429, retryAfter: 1 })
    await left.body?.cancel()
    await until(() => gateway.records.length === 2, 'the place to be free')
    const next = await chat(key)
    expect(next.status).toBe(200)
    await Promise.all([whole.text(), next.text()])
    await until(() => gateway.records.length === 4, 'both places to be free')
    const again = await Promise.all([chat(key), chat(key)])
    expect(again.map(({ status }) => status)).toEqual([200, 200])
    await Promise.all(again.map((answer) => answer.text()))
  })
})

/** The answers to 200 simultaneous requests, each on its own connection. */
async function flood(key: IssuedKey, path = '/api/chat', body = CHAT): Promise<Map<number, number>> {
  const answers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const connection = await openRaw(gateway.port)
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Type: application/json\r\n`
      connection.send(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
      const { status } = await connection.readResponse()
      connection.close()
      return status
    }),
  )
  await until(() => gateway.records.length === 200, 'every record')
  return new Map([...Map.groupBy(answers, (status) => status)].map(([status, all]) => [status, all.length]))
}

const tokensOf = ({ promptTokens, completionTokens }: Exchange) => (promptTokens ?? 0) + (completionTokens ?? 0)

describe('200 requests at once', () => {
  it.each([
    ['/api/chat', CHAT],
    ['/v1/chat/completions', CHAT],
    ['/v1/chat/completions', JSON.stringify({ ...JSON.parse(CHAT), stream: true, max_tokens: 20 })],
    ['/v1/messages', JSON.stringify({ ...JSON.parse(CHAT), max_tokens: 20 })],
    ['/v1/responses', JSON.stringify({ model: 'sample-small', input: 'one two' })],
    ['/api/embed', JSON.stringify({ model: 'sample-small', input: 'one two' })],
  ])('pass a limit of 50 tokens a day by no more than one of them (%s)', async (path, body) => {
    const key = await gateway.createKey({ tokensPerDay: 50 })
    const statuses = await flood(key, path, body)
    const used = gateway.records.map(tokensOf)
    const total = used.reduce((sum, tokens) => sum + tokens, 0)
    expect(total).toBeGreaterThan(0)
    expect(total).toBeLessThanOrEqual(50 + Math.max(...used))
    expect(new Set(statuses.keys())).toEqual(new Set([200, 429]))
    // Nothing stays set aside: what is left can be used, and then the day is over.
    const left = () => gateway.access.allowanceOf(key).tokensToday ?? 0
    for (let count = 200; left() > 0; count++) {
      const answer = await fetch(gateway.url + path, { method: 'POST', headers: { 'x-api-key': key.secret }, body })
      expect(answer.status).toBe(200)
      await answer.text()
      await gateway.record(count)
    }
    const { status, error } = await refusal(await chat(key))
    expect([status, error]).toEqual([429, expect.stringContaining('tokens for today')])
  })

  it('pass no limit of requests a minute', async () => {
    const statuses = await flood(await gateway.createKey({ requestsPerMinute: 5 }))
    expect(statuses).toEqual(
      new Map([
        [200, 5],
        [429, 195],
      ]),
    )
    expect(gateway.received).toHaveLength(5)
  })

  it('pass no limit of exchanges at the same time', async () => {
    const key = await gateway.createKey({ concurrency: 3 })
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, gateway.records.length === 0 ? gateway.received.length : 0)
    }, 1)
    await flood(key)
    clearInterval(watch)
    expect(most).toBeLessThanOrEqual(3)
    expect(gateway.access.allowanceOf(key).atTheSameTime).toBe(3)
  })
})

describe('a request whose counts never come', () => {
  const left = (key: IssuedKey) => gateway.access.allowanceOf(key).tokensToday ?? 0

  it('is booked by what of the answer went through when the client leaves', async () => {
    const key = await gateway.createKey({ tokensPerDay: 1000 })
    const answer = await chat(key)
    const reader = answer.body?.getReader()
    for (let piece = 0; piece < 3; piece++) await reader?.read()
    await reader?.cancel()
    expect(await gateway.record()).toMatchObject({ outcome: 'client_aborted', metered: false })
    const booked = 1000 - left(key)
    expect(booked).toBeGreaterThan(CHAT.length / 4 + 1)
    expect(booked).toBeLessThan(100)
    // Its reservation is free again.
    await (await chat(key)).text()
    await gateway.record(1)
    expect(gateway.records[1]).toMatchObject({ outcome: 'ok' })
  })

  it('is booked by the time it took when nothing went through, and no more than it asked for', async () => {
    const key = await gateway.createKey({ tokensPerDay: 1000 })
    const silent = await startRawUpstream(() => undefined)
    gateway.settings.upstream = silent.url
    try {
      const body = JSON.stringify({ model: 'm', options: { num_predict: 5 } })
      const connection = await openRaw(gateway.port)
      connection.send(
        `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key.secret}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      await until(() => silent.heard.length === 1, 'the request')
      await new Promise((resolve) => setTimeout(resolve, 200))
      connection.close()
      expect(await gateway.record()).toMatchObject({ outcome: 'client_aborted' })
      expect(1000 - left(key)).toBe(Math.ceil(body.length / 4) + 5)
    } finally {
      gateway.settings.upstream = gateway.sampleUrl
      silent.close()
    }
  })

  it('costs nothing when the upstream refused it', async () => {
    const key = await gateway.createKey({ tokensPerDay: 1000 })
    expect((await chat(key, '{"model":"not-there"}')).status).toBe(404)
    await gateway.record()
    expect(left(key)).toBe(1000)
  })
})
