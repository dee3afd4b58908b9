import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { IssuedKey, Key } from '#shared/keys/key.ts'
import { setupSchema } from '#shared/records/backup.ts'
import { createApp } from '../../src-main/app/create-app.ts'
import { type OwnOllama, startOwnOllama } from '../support/own-ollama.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { jsonHere } from './run-here.ts'
import { hostOn, type StartedApp, startApp } from './started-app.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function started(): Promise<{ app: StartedApp; ollama: OwnOllama; send: ReturnType<typeof sender> }> {
  const ollama = await startOwnOllama(['small:latest'])
  closers.push(() => ollama.close())
  const app = await startApp({ overrides: { upstream: ollama.url } })
  closers.push(() => app.stop())
  return { app, ollama, send: sender(app.gatewayUrl()) }
}

function sender(url: string) {
  return async ({ secret }: IssuedKey, path: string, body: object): Promise<number> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify(body),
    })
    await answer.arrayBuffer()
    return answer.status
  }
}

const chat = { messages: [{ role: 'user', content: 'secret plans' }], stream: false }

test('a model copied or created from a remote one is judged at the next request, whoever created it', async () => {
  const { app, ollama, send } = await started()
  const online = await app.call('POST /api/keys', { name: 'Online', scopes: ['chat', 'manage'], online: true })
  const local = await app.call('POST /api/keys', { name: 'Local', scopes: ['chat', 'manage'] })
  expect(await send(local, '/api/chat', { model: 'small', ...chat })).toBe(200)
  expect(await send(online, '/api/create', { model: 'made', from: 'big', remote_host: 'https://ollama.com' })).toBe(200)
  expect(await send(local, '/api/chat', { model: 'made', ...chat })).toBe(403)
  // Over the name of one that was known to run here.
  expect(await send(local, '/api/copy', { source: 'made', destination: 'small' })).toBe(200)
  expect(await send(local, '/api/chat', { model: 'small', ...chat })).toBe(403)
  ollama.models.set('beside:latest', { host: 'http://192.168.1.9:11434' })
  await until(async () => (await send(local, '/api/chat', { model: 'beside', ...chat })) === 403, 'a 403')
  expect(ollama.ran).toHaveLength(1)
  expect(await send(online, '/api/chat', { model: 'small', ...chat })).toBe(200)
})

test('the question outlives a restart, its answer is in the trail by name, and a no is final', async () => {
  const { app, send } = await started()
  const key = await app.call('POST /api/keys', { name: 'Page Assist' })
  expect(await send(key, '/v1/chat/completions', { model: 'gpt-oss:cloud', ...chat })).toBe(403)
  await until(() => app.events.find(({ type }) => type === 'online-question'), 'the question')
  expect(app.app.state().pendingOnline).toBe(1)
  await app.app.stop(0)

  const again = await createApp(
    hostOn(app.dataDir, join(app.dataDir, '..', 'renderer'), { overrides: { gatewayPort: 0 } }),
  )
  closers.push(() => again.stop(0))
  await again.start()
  expect(again.state().pendingOnline).toBe(1)
  await again.core.keys.update(key.id, { online: false })
  expect(again.state().pendingOnline).toBe(0)
  expect(await again.core.keys.list()).toMatchObject([{ online: false, onlineQuestion: 'answered' }])
  expect(await again.core.audit(1, undefined)).toMatchObject([
    { action: 'key.change', label: 'Page Assist', fields: ['online'] },
  ])
})

test('a change of something else is no answer', async () => {
  const { app, send } = await started()
  const key = await app.call('POST /api/keys', { name: 'A' })
  await send(key, '/api/chat', { model: 'gpt-oss:cloud' })
  await until(() => app.app.state().pendingOnline === 1, 'the question')
  expect(await app.call('PATCH /api/keys/:id', { name: 'B' }, key.id)).toMatchObject({ onlineQuestion: 'model' })
  await app.call('DELETE /api/keys/:id', {}, key.id)
  expect(app.app.state().pendingOnline).toBe(0)
})

test('a client learns from the gateway whether its key may go online', async () => {
  const { app } = await started()
  for (const online of [false, true]) {
    const { secret } = await app.call('POST /api/keys', { name: 'A', online })
    const answer = await fetch(`${app.gatewayUrl()}/latchkey/key`, { headers: { 'x-api-key': secret } })
    expect(await answer.json()).toMatchObject({ online })
  }
})

test('the command line makes such a key, a setup carries it, and one from before has none', async () => {
  const dir = await createTempDir()
  closers.push(() => dir.remove())
  expect(await jsonHere<IssuedKey>(dir.path, 'key', 'create', '--name', 'A', '--online')).toMatchObject({
    online: true,
  })
  expect(await jsonHere<Key>(dir.path, 'key', 'create', '--name', 'B')).toMatchObject({ online: false })
  const { app } = await started()
  await app.call('POST /api/keys', { name: 'Moves', online: true })
  const setup = await app.call('GET /api/setup', {})
  expect(setup.keys[0]?.key).toMatchObject({ online: true, onlineQuestion: null })
  const older = structuredClone(setup) as { keys: { key: Partial<Key> }[] }
  for (const name of ['online', 'onlineQuestion'] as const) delete older.keys[0]?.key[name]
  expect(setupSchema.parse(older).keys[0]?.key).toMatchObject({ online: false, onlineQuestion: null })
})
