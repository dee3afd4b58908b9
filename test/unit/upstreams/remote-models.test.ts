import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRemoteModels } from '../../../src-main/upstreams/remote-models.ts'
import type { RemoteModels } from '../../../src-shared/upstreams/remote-models.ts'
import { type OwnOllama, startOwnOllama } from '../../support/own-ollama.ts'

const CLOUD = 'https://ollama.com:443'

let ollama: OwnOllama
let clock: { now: number }
let remote: RemoteModels
/** Where the upstream is said to be. */
let url: string

beforeEach(async () => {
  ollama = await startOwnOllama(['small:latest', 'a/b:1b'])
  url = ollama.url
  clock = { now: 1_000_000 }
  remote = createRemoteModels({ probe, url: () => url, now: () => clock.now })
})
afterEach(() => ollama.close())

async function probe(path: string, body?: string) {
  try {
    const answer = await fetch(url + path, body === undefined ? {} : { method: 'POST', body })
    return { status: answer.status, body: await answer.text() }
  } catch {
    return undefined
  }
}

const placeOf = (model: string) => remote.placeOf(model, url)
const asked = (path: string) => ollama.heard.filter((line) => line.endsWith(path)).length

test('a model that is only a name for another runs elsewhere, by whichever answer says so', async () => {
  ollama.models.set('stub:latest', { host: CLOUD })
  ollama.models.set('only-tags:1', { host: 'http://192.168.1.9:11434', inShow: false })
  ollama.models.set('only-show:1', { host: CLOUD, inTags: false })
  for (const name of ['stub', 'STUB:latest', 'library/stub', 'only-tags:1', 'only-show:1']) {
    expect([name, await placeOf(name)]).toEqual([name, 'elsewhere'])
  }
  for (const name of ['small', 'a/b:1b', 'unheard-of', 'only-tags:2']) {
    expect([name, await placeOf(name)]).toEqual([name, 'here'])
  }
})

test('about a model that is known nobody is asked, and nobody waits', async () => {
  await placeOf('small')
  const before = ollama.heard.length
  for (let call = 0; call < 1_000; call++) expect(placeOf('small')).toBe('here')
  expect(ollama.heard).toHaveLength(before)
})

test('many at once ask once', async () => {
  await Promise.all(Array.from({ length: 50 }, async () => placeOf('small')))
  expect(asked('/api/tags')).toBe(1)
})

test('many at once ask once about a model, too', async () => {
  const places = await Promise.all(Array.from({ length: 50 }, async () => placeOf('small')))
  expect(new Set(places)).toEqual(new Set(['here']))
  expect(asked('/api/show')).toBe(1)
})

test('what was made beside the gateway is noticed: new names at once, others when the list is old', async () => {
  await placeOf('small')
  clock.now += 1_000
  ollama.models.set('new:latest', { host: CLOUD })
  expect(await placeOf('new')).toBe('elsewhere')
  ollama.models.set('small:latest', { host: CLOUD })
  clock.now += 30_000
  expect(await placeOf('small')).toBe('elsewhere')
})

test('a clock that is set back makes no list good for ever', async () => {
  await placeOf('small')
  ollama.models.set('small:latest', { host: CLOUD })
  clock.now -= 3_600_000
  expect(await placeOf('small')).toBe('elsewhere')
})

test('a request that changes models ends what was known, when it begins and when it ends', async () => {
  await placeOf('small')
  remote.changing(1)
  ollama.models.set('small:latest', { host: CLOUD })
  remote.changing(-1)
  expect(await placeOf('small')).toBe('elsewhere')
})

test('an answer that was on its way while models changed is not what counts', async () => {
  const early = placeOf('small')
  remote.changing(1)
  ollama.models.set('small:latest', { host: CLOUD })
  remote.changing(-1)
  expect(await placeOf('small')).toBe('elsewhere')
  await early
  expect(await placeOf('small')).toBe('elsewhere')
})

test('another upstream is asked about its own models', async () => {
  await placeOf('small')
  const other = await startOwnOllama([])
  other.models.set('small:latest', { host: CLOUD })
  url = other.url
  expect(await placeOf('small')).toBe('elsewhere')
  other.close()
})

describe('an upstream that does not say', () => {
  test('is not believed to run a model here of which nothing is known', async () => {
    ollama.tells = false
    expect(await placeOf('small')).toBe('unknown')
  })

  test('and is no Ollama at all answers no chat either, so that nobody need say where its models run', async () => {
    ollama.close()
    expect(await placeOf('small')).toBe('here')
  })

  test('is believed what it said before, for the models that it had then', async () => {
    ollama.models.set('stub:latest', { host: CLOUD })
    expect(await placeOf('small')).toBe('here')
    await placeOf('stub')
    ollama.tells = false
    clock.now += 60_000
    expect(await placeOf('small')).toBe('here')
    expect(await placeOf('stub')).toBe('elsewhere')
    expect(await placeOf('new')).toBe('unknown')
  })
})

test('a listed model about which the upstream fails to answer is not believed to run here, and asked about again', async () => {
  let fails = true
  remote = createRemoteModels({
    probe: async (path, body) => (fails && path === '/api/show' ? { status: 500, body: '' } : probe(path, body)),
    url: () => url,
    now: () => clock.now,
  })
  expect(await placeOf('small')).toBe('unknown')
  fails = false
  expect(await placeOf('small')).toBe('here')
})

test('what another upstream says of a model, when it has taken the place of the one that was meant, does not count', async () => {
  const first = url
  const other = await startOwnOllama(['small:latest'])
  remote = createRemoteModels({
    probe: async (path, body) => {
      if (path === '/api/show') url = other.url
      return probe(path, body)
    },
    url: () => url,
    now: () => clock.now,
  })
  ollama.models.set('small:latest', { host: CLOUD, inTags: false })
  expect(await remote.placeOf('small', first)).toBe('unknown')
  other.close()
})

test('what is not Ollama has no such models', async () => {
  remote = createRemoteModels({
    probe: async () => ({ status: 404, body: 'not found' }),
    url: () => url,
    now: () => clock.now,
  })
  expect(await placeOf('small')).toBe('here')
})

test('names that no model can have are not asked about', async () => {
  expect(await placeOf('x'.repeat(10_000_000))).toBe('here')
  expect(asked('/api/show')).toBe(0)
  ollama.models.set('stub:latest', { host: CLOUD })
  expect(await placeOf(`${'\u0085'.repeat(2_000)}stub`)).toBe('elsewhere')
})
