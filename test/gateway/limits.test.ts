import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
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
  it('past its requests of a minute; those refused for another reason have cost none', async () => {
    const key = await gateway.createKey({ requestsPerMinute: 2, models: ['sample-small'] })
    for (let round = 0; round < 5; round++) expect((await chat(key, '{"model":"another"}')).status).toBe(403)
    for (let round = 0; round < 2; round++) await (await chat(key)).text()
    const { status, retryAfter, error } = await refusal(await chat(key))
    expect([status, error]).toEqual([429, expect.stringContaining('this minute')])
    expect(retryAfter).toBeGreaterThan(50)
    expect(retryAfter).toBeLessThanOrEqual(60)
    expect(gateway.received).toHaveLength(2)
    expect(await gateway.record(7)).toMatchObject({ outcome: 'refused', reason: 'rate_limited', keyId: key.id })
  })

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
