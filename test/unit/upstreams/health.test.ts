import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { UpstreamWatch } from '../../../src-main/upstreams/health.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

type Answer = { status: number; body: string } | undefined

/** Stands for the gateway's probe; each look asks for the version, and for the models when there was one. */
function watched(answer: (url: string) => Answer | Promise<Answer>) {
  const world = { url: 'http://a', isObserved: false, looks: 0, changes: 0 }
  const watch = new UpstreamWatch({
    probe: async (path) => {
      if (path === '/api/version') world.looks += 1
      return answer(world.url)
    },
    url: () => world.url,
    isObserved: () => world.isObserved,
    now: Date.now,
    onChange: () => (world.changes += 1),
  })
  return { watch, world }
}

const ollama = { status: 200, body: '{"version":"0.13.0","models":[{"name":"m"}]}' }

test('it looks at the start, and again every ten seconds only while somebody would see it', async () => {
  const { watch, world } = watched(() => ollama)
  watch.start()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(world.looks).toBe(1)
  world.isObserved = true
  await vi.advanceTimersByTimeAsync(30_000)
  expect(world.looks).toBe(4)
  watch.stop()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(world.looks).toBe(4)
  expect(world.changes).toBe(1)
})

test('somebody who begins to watch gets a fresh look when the last is old, and none before the start', async () => {
  const { watch, world } = watched(() => ollama)
  watch.wake()
  expect(world.looks).toBe(0)
  watch.start()
  await vi.advanceTimersByTimeAsync(9_999)
  watch.wake()
  expect(world.looks).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  watch.wake()
  expect(world.looks).toBe(2)
  watch.stop()
})

test('two who ask at the same time share one look', async () => {
  const { watch, world } = watched(() => ollama)
  const [one, other] = await Promise.all([watch.look(), watch.look()])
  expect(one).toBe(other)
  expect(world.looks).toBe(1)
})

test('a late answer of the old address is not taken for the new one', async () => {
  const late = Promise.withResolvers<Answer>()
  const { watch, world } = watched((url) => (url === 'http://a' ? late.promise : undefined))
  const first = watch.look()
  world.url = 'http://b'
  expect(watch.state()).toMatchObject({ url: 'http://b', reachable: false, checkedAt: 0 })
  await watch.look()
  late.resolve(ollama)
  await first
  expect(watch.state()).toMatchObject({
    url: 'http://b',
    reachable: false,
    problem: { code: 'upstream_stopped', parts: { url: 'http://b' } },
  })
})

test.each([
  [
    { status: 200, body: '{"version":"0.0.0-sample","models":[]}' },
    { sample: true, version: '0.0.0-sample', problem: null },
  ],
  [
    { status: 200, body: '{"version":7}' },
    { reachable: true, version: null },
  ],
  [
    { status: 200, body: 'not json' },
    { reachable: true, version: null, models: [] },
  ],
  [
    { status: 200, body: '{"version":"1","models":null}' },
    { version: '1', models: [], problem: null },
  ],
  [
    { status: 500, body: '{"version":"1"}' },
    { reachable: true, version: null },
  ],
  [
    undefined,
    { reachable: false, problem: { message: 'Ollama is not running at http://a. Start Ollama, then try again.' } },
  ],
])('of the answer %j it makes %j', async (answer, expected) => {
  const { watch } = watched(() => answer)
  expect(await watch.look()).toMatchObject(expected)
})
