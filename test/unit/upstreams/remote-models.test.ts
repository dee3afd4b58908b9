import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OllamaRemoteModels } from '../../../src-main/upstreams/remote-models.ts'
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
  remote = new OllamaRemoteModels({ probe, url: () => url, now: () => clock.now })
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

const locationOf = (model: string) => remote.locationOf(model, url)
const asked = (path: string) => ollama.heard.filter((line) => line.endsWith(path)).length

test('a model that is only a name for another runs elsewhere, by whichever answer says so', async () => {
  ollama.models.set('stub:latest', { host: CLOUD })
  ollama.models.set('only-tags:1', { host: 'http://192.168.1.9:11434', inShow: false })
  ollama.models.set('only-show:1', { host: CLOUD, inTags: false })
  for (const name of ['stub', 'STUB:latest', 'library/stub', 'only-tags:1', 'only-show:1']) {
    expect([name, await locationOf(name)]).toEqual([name, 'remote'])
  }
  for (const name of ['small', 'a/b:1b', 'unheard-of', 'only-tags:2']) {
    expect([name, await locationOf(name)]).toEqual([name, 'local'])
  }
})

test('about a model that is known nobody is asked, and nobody waits', async () => {
  await locationOf('small')
  const before = ollama.heard.length
  for (let call = 0; call < 1_000; call++) expect(locationOf('small')).toBe('local')
  expect(ollama.heard).toHaveLength(before)
})

test('many at once ask once', async () => {
  await Promise.all(Array.from({ length: 50 }, async () => locationOf('small')))
  expect(asked('/api/tags')).toBe(1)
})

test('many at once ask once about a model, too', async () => {
  const places = await Promise.all(Array.from({ length: 50 }, async () => locationOf('small')))
  expect(new Set(places)).toEqual(new Set(['local']))
  expect(asked('/api/show')).toBe(1)
})

test('models created without the gateway are noticed: new names at once, changes when the list is old', async () => {
  await locationOf('small')
  clock.now += 1_000
  ollama.models.set('new:latest', { host: CLOUD })
  expect(await locationOf('new')).toBe('remote')
  ollama.models.set('small:latest', { host: CLOUD })
  clock.now += 30_000
  expect(await locationOf('small')).toBe('remote')
})

test('a clock that is set back does not keep a list valid forever', async () => {
  await locationOf('small')
  ollama.models.set('small:latest', { host: CLOUD })
  clock.now -= 3_600_000
  expect(await locationOf('small')).toBe('remote')
})

test('a request that changes models ends what was known, when it begins and when it ends', async () => {
  await locationOf('small')
  remote.changing(1)
  ollama.models.set('small:latest', { host: CLOUD })
  remote.changing(-1)
  expect(await locationOf('small')).toBe('remote')
})

test('an answer that was on its way while models changed is not what counts', async () => {
  const early = locationOf('small')
  remote.changing(1)
  ollama.models.set('small:latest', { host: CLOUD })
  remote.changing(-1)
  expect(await locationOf('small')).toBe('remote')
  await early
  expect(await locationOf('small')).toBe('remote')
})

test('another upstream is asked about its own models', async () => {
  await locationOf('small')
  const other = await startOwnOllama([])
  other.models.set('small:latest', { host: CLOUD })
  url = other.url
  expect(await locationOf('small')).toBe('remote')
  other.close()
})

describe('an upstream that does not say', () => {
  test('is not believed to run a model here of which nothing is known', async () => {
    ollama.tells = false
    expect(await locationOf('small')).toBe('unknown')
  })

  test('and is no Ollama at all answers no chat either, so that nobody need say where its models run', async () => {
    ollama.close()
    expect(await locationOf('small')).toBe('local')
  })

  test('is believed what it said before, for the models that it had then', async () => {
    ollama.models.set('stub:latest', { host: CLOUD })
    expect(await locationOf('small')).toBe('local')
    await locationOf('stub')
    ollama.tells = false
    clock.now += 60_000
    expect(await locationOf('small')).toBe('local')
    expect(await locationOf('stub')).toBe('remote')
    expect(await locationOf('new')).toBe('unknown')
  })
})

test('a listed model about which the upstream fails to answer is not believed to run here, and asked about again', async () => {
  let fails = true
  remote = new OllamaRemoteModels({
    probe: async (path, body) => (fails && path === '/api/show' ? { status: 500, body: '' } : probe(path, body)),
    url: () => url,
    now: () => clock.now,
  })
  expect(await locationOf('small')).toBe('unknown')
  fails = false
  expect(await locationOf('small')).toBe('local')
})

test('an answer about a model from a replaced upstream does not count', async () => {
  const first = url
  const other = await startOwnOllama(['small:latest'])
  remote = new OllamaRemoteModels({
    probe: async (path, body) => {
      if (path === '/api/show') url = other.url
      return probe(path, body)
    },
    url: () => url,
    now: () => clock.now,
  })
  ollama.models.set('small:latest', { host: CLOUD, inTags: false })
  expect(await remote.locationOf('small', first)).toBe('unknown')
  other.close()
})

test('an upstream that is not Ollama has no remote models', async () => {
  remote = new OllamaRemoteModels({
    probe: async () => ({ status: 404, body: 'not found' }),
    url: () => url,
    now: () => clock.now,
  })
  expect(await locationOf('small')).toBe('local')
})

test('names that no model can have are not asked about', async () => {
  expect(await locationOf('x'.repeat(10_000_000))).toBe('local')
  expect(asked('/api/show')).toBe(0)
  ollama.models.set('stub:latest', { host: CLOUD })
  expect(await locationOf(`${'\u0085'.repeat(2_000)}stub`)).toBe('remote')
})
