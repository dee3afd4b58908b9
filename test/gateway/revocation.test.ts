import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { newPersonSchema } from '#shared/people/person.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'

const ORIGIN = 'https://one.example'
const CHAT = JSON.stringify({
  model: 'sample-small',
  messages: [{ role: 'user', content: 'count slowly to a hundred, one word at a time' }],
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ chunkDelayMs: 250 })
})
beforeEach(() => {
  gateway.received.length = 0
  gateway.records.length = 0
})
afterAll(() => gateway.close())

/** Reads the first piece of a stream; `rest` reads the others. */
async function startStream(key: IssuedKey): Promise<{ rest(): Promise<void>; answer: Response }> {
  const answer = await fetch(`${gateway.url}/api/chat`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, origin: ORIGIN },
    body: CHAT,
  })
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  return {
    answer,
    rest: async () => {
      while (!(await reader.read()).done);
    },
  }
}

async function paused(): Promise<string> {
  const { id } = await gateway.people.create(newPersonSchema.parse({ name: 'Ben' }))
  await gateway.people.change(id, { state: 'paused' })
  return id
}

const statusWith = async ({ secret }: IssuedKey) =>
  (await fetch(`${gateway.url}/api/tags`, { headers: { authorization: `Bearer ${secret}`, origin: ORIGIN } })).status

describe('a stream in flight is cut within a second, and the next request refused, when its key is', () => {
  const ends: readonly (readonly [name: string, revoke: (key: IssuedKey) => Promise<unknown>])[] = [
    ['disabled', ({ id }) => gateway.access.keys.update(id, { enabled: false })],
    ['deleted', ({ id }) => gateway.access.keys.delete(id)],
    ['given a new secret without grace', ({ id }) => gateway.access.keys.rotate(id, 0)],
    ['paused with its person', (key) => gateway.people.change(key.person, { state: 'paused' })],
    ['removed with its person', (key) => gateway.people.remove(key.person, async () => {})],
    ['given to another person', async ({ id }) => gateway.access.keys.update(id, { person: await paused() })],
    ['given an end that has passed', ({ id }) => gateway.access.keys.update(id, { expiresAt: Date.now() - 1 })],
  ]
  it.each(ends)('%s', async (_name, revoke) => {
    const { id: person } = await gateway.people.create(newPersonSchema.parse({ name: 'Anna' }))
    const key = await gateway.createKey({ person })
    const stream = await startStream(key)
    const clock = startOwnClock()
    await revoke(key)
    await expect(stream.rest()).rejects.toThrow()
    expect(clock()).toBeLessThan(1_000)
    expect(await gateway.received[0]?.ended).toBe('cut')
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked', keyId: key.id })
    expect([401, 403]).toContain(await statusWith(key))
  })

  it('over by its date', async () => {
    const clock = startOwnClock()
    const expiresAt = Date.now() + 700
    const key = await gateway.createKey({ expiresAt })
    const stream = await startStream(key)
    await expect(stream.rest()).rejects.toThrow()
    expect(Date.now() - expiresAt).toBeGreaterThanOrEqual(0)
    expect(clock()).toBeLessThan(700 + 1_000)
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
    expect(await statusWith(key)).toBe(401)
  })

  it('kept from what it is doing', async () => {
    const key = await gateway.createKey()
    const stream = await startStream(key)
    await gateway.access.keys.update(key.id, { models: ['another'] })
    await expect(stream.rest()).rejects.toThrow()
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
  })
})

describe('a stream in flight', () => {
  it('is cut within a second when its origin is blocked, and the streams of other origins go on', async () => {
    const key = await gateway.createKey()
    const stream = await startStream(key)
    const other = await fetch(`${gateway.url}/api/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.secret}`, origin: 'https://two.example' },
      body: CHAT,
    })
    const clock = startOwnClock()
    await gateway.access.origins.decide(ORIGIN, 'blocked')
    await expect(stream.rest()).rejects.toThrow()
    expect(clock()).toBeLessThan(1_000)
    expect(await statusWith(key)).toBe(403)
    expect(gateway.gateway.running).toBe(1)
    await other.body?.cancel()
    await gateway.access.origins.decide(ORIGIN, 'allowed')
  })

  it('goes on when its key gets a new secret with a grace', async () => {
    const key = await gateway.createKey()
    const stream = await startStream(key)
    await gateway.access.keys.rotate(key.id, 60_000)
    expect(gateway.gateway.running).toBe(1)
    expect(await statusWith(key)).toBe(200)
    await stream.answer.body?.cancel().catch(() => undefined)
  })
})

it('confirmed changes survive a kill at that moment: a key stays off, a site stays blocked', async () => {
  const dir = await createTempDir()
  const first = await startServe({ dataDir: dir.path })
  const [off, on] = [await first.createKey({ name: 'off' }), await first.createKey({ name: 'on' })]
  expect((await first.run('key', 'disable', off.id)).code).toBe(0)
  expect((await first.run('origin', 'block', ORIGIN)).code).toBe(0)
  first.process.kill('SIGKILL')
  const second = await startServe({ dataDir: dir.path })
  const ask = async ({ secret }: IssuedKey, origin: string) => {
    const headers = { authorization: `Bearer ${secret}`, origin }
    return (await fetch(`${second.gateway}/api/tags`, { headers })).status
  }
  expect(await ask(off, 'https://two.example')).toBe(401)
  expect(await ask(on, ORIGIN)).toBe(403)
  expect(await ask(on, 'https://two.example')).toBe(200)
  await second.stop()
  await dir.remove()
})
