import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { Setup } from '#shared/records/backup.ts'
import { settingsSchema } from '#shared/settings/settings.ts'
import { storedKey } from '../store/fixtures.ts'
import { type StartedApp, startApp } from './started-app.ts'

let app: StartedApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const SITE: OriginRecord = {
  origin: 'https://moved.example',
  status: 'blocked',
  decidedBy: 'person',
  label: null,
  firstSeenAt: 1,
  lastSeenAt: 1,
  requests: 0,
  refused: 0,
}

function setupOf(changes: object): object {
  const empty = { settings: settingsSchema.parse({}), keys: [], origins: [] }
  return { format: 'latchkey-setup', version: 1, exportedAt: 1, ...empty, ...changes }
}

async function refused(setup: object): Promise<{ status: number; code: string; message: string; length: number }> {
  const before = JSON.stringify([await app.call('GET /api/keys', {}), await app.call('GET /api/origins', {})])
  const answer = await app.ask('/api/setup', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(setup),
  })
  const text = await answer.text()
  expect(JSON.stringify([await app.call('GET /api/keys', {}), await app.call('GET /api/origins', {})])).toBe(before)
  const { error } = JSON.parse(text) as { error: { code: string; message: string } }
  return { status: answer.status, ...error, length: text.length }
}

const keyWith = (key: object, stored: object = {}) => ({
  keys: [{ ...storedKey('moved'), ...stored, key: { ...storedKey('moved').key, ...key } }],
})
const secretWith = (secret: object) => ({
  keys: [{ ...storedKey('moved'), secrets: [{ ...storedKey('moved').secrets[0], ...secret }] }],
})

test.each<[string, object]>([
  ['an id of ..', keyWith({ id: '..' })],
  ['an id of .', keyWith({ id: '.' })],
  ['an empty id', keyWith({ id: '' })],
  ['an id with a slash', keyWith({ id: 'a/b' })],
  ['an id with a line end', keyWith({ id: 'a\n' })],
  ['an id of 2 MB', keyWith({ id: 'a'.repeat(2_000_000) })],
  ['a name of 2 MB', keyWith({ name: 'a'.repeat(2_000_000) })],
  ['an empty name', keyWith({ name: ' ' })],
  ['a name with a control character', keyWith({ name: 'a\u001b[31mb' })],
  ['a name with a NUL', keyWith({ name: 'a\0b' })],
  ['a name that is turned around', keyWith({ name: 'a\u202eb' })],
  ['a name with an isolate', keyWith({ name: 'a\u2066b' })],
  ['a name with a zero-width space', keyWith({ name: 'a\u200bb' })],
  ['a name with a byte order mark', keyWith({ name: 'a\ufeffb' })],
  ['a name with half a character', keyWith({ name: 'a\ud800b' })],
  ['an owner with a line end', keyWith({ person: undefined, owner: 'a\nb' })],
  ['both a person and an owner', keyWith({ owner: 'Ada' })],
  ['a person who is not in it', keyWith({ person: 'person_nobody' })],
  ['a person that is no id', keyWith({ person: 'Ada' })],
  ['a model with a line end', keyWith({ models: ['a\nb'] })],
  ['201 models', keyWith({ models: Array.from({ length: 201 }, (_, at) => `m${at}`) })],
  ['no models at all', keyWith({ models: [] })],
  ['an endpoint without a slash', keyWith({ endpoints: ['api'] })],
  ['an endpoint with a * in the middle', keyWith({ endpoints: ['/v1/*/x'] })],
  ['an origin that is none', keyWith({ origins: ['example.org/path'] })],
  ['a scope that is none', keyWith({ scopes: ['root'] })],
  ['a limit of 0', keyWith({ requestsPerMinute: 0 })],
  ['a date that is none', keyWith({ createdAt: 9_000_000_000_000_000 })],
  ['an end that is none', keyWith({ expiresAt: 9_000_000_000_000_000 })],
  ['a date before all dates', keyWith({ createdAt: -1 })],
  ['a field that is not known', keyWith({ onlyOnMondays: true })],
  ['a key that is deleted', keyWith({}, { deletedAt: 1 })],
  ['a prefix of 2 MB', keyWith({ prefix: 'sk-lk-'.padEnd(2_000_000, 'a') })],
  ['a prefix in capitals', secretWith({ prefix: 'SK-LK-ABCDEF' })],
  ['a prefix that does not fit', secretWith({ prefix: 'sk-lk-zzzzzz' })],
  ['a hash that is none', secretWith({ hash: 'hash' })],
  ['a hash in hex', secretWith({ hash: createHash('sha256').update('x').digest('hex').toUpperCase() })],
  ['a hash in another spelling', secretWith({ hash: `${'A'.repeat(42)}B=` })],
  ['101 secrets', { keys: [{ ...storedKey('moved'), secrets: Array(101).fill(storedKey('moved').secrets[0]) }] }],
  ['two secrets without an end', { keys: [withSecrets(storedKey('moved'), 2)] }],
  ['10,001 keys', { keys: Array.from({ length: 10_001 }, (_, at) => storedKey(`k${at}`)) }],
  ['a site that is none', { origins: [{ ...SITE, origin: 'example.org' }] }],
  ['a site of 2 MB', { origins: [{ ...SITE, origin: `https://${'a'.repeat(2_000_000)}` }] }],
  ['a label of 2 MB', { origins: [{ ...SITE, label: 'a'.repeat(2_000_000) }] }],
  ['a label that is turned around', { origins: [{ ...SITE, label: 'a\u202eb' }] }],
  ['a site seen at no time', { origins: [{ ...SITE, firstSeenAt: 9_000_000_000_000_000 }] }],
  ['a site called less than never', { origins: [{ ...SITE, requests: -1 }] }],
  ['a field of a site that is not known', { origins: [{ ...SITE, colour: 'red' }] }],
  ['a setting that is not known', { settings: { ...settingsSchema.parse({}), colour: 'red' } }],
  ['an upstream of 1 MB', { settings: settingsOf({ upstream: `http://${'a'.repeat(1_000_000)}` }) }],
  ['an upstream that is none', { settings: settingsOf({ upstream: 'file:///etc' }) }],
  ['a date of the file that is none', { exportedAt: 9_000_000_000_000_000 }],
])('%s is refused with one sentence, and nothing has changed', async (_, changes) => {
  const { status, message, length } = await refused(setupOf(changes))
  expect([400, 409]).toContain(status)
  expect(message).toMatch(/^[^\n]{10,300}$/)
  expect(length).toBeLessThan(1000)
})

function settingsOf(changes: object): object {
  return { ...settingsSchema.parse({}), ...changes }
}

function withSecrets(stored: StoredKey, count: number): StoredKey {
  const secrets = Array.from({ length: count }, (_, at) => ({
    hash: createHash('sha256').update(`secret ${at}`).digest('base64'),
    prefix: stored.key.prefix,
    expiresAt: null,
  }))
  return { ...stored, secrets }
}

test('a duplicate secret or id is reported with the name of its key', async () => {
  const one = storedKey('one')
  const twin = { ...storedKey('two'), secrets: one.secrets }
  expect(await refused(setupOf({ keys: [one, twin] }))).toMatchObject({
    status: 409,
    code: 'setup_secret_twice',
    message: expect.stringContaining('“Key two” has the same secret') as string,
  })
  expect(await refused(setupOf({ keys: [one, one] }))).toMatchObject({ status: 409, code: 'setup_key_twice' })
  await app.call('POST /api/setup', setupOf({ keys: [one] }) as Setup)
  expect(await refused(setupOf({ keys: [twin] }))).toMatchObject({ status: 409, code: 'setup_secret_twice' })
  await app.call('DELETE /api/keys/:id', {}, 'one')
  expect(await refused(setupOf({ keys: [twin] }))).toMatchObject({ status: 409, code: 'setup_secret_twice' })
})

test('Latchkey imports every setup that it exports, whatever the settings', async () => {
  const here = await startApp()
  const there = await startApp()
  try {
    const names = ['Ada’s laptop', '家族 👨‍👩‍👧', 'می‌خواهم', '  trimmed  ', 'a'.repeat(80)]
    const ada = await here.call('POST /api/people', { name: 'Ada', tokensPerDay: 5000, hours: ['07:00-20:00'] })
    for (const name of names) {
      const { id } = await here.call('POST /api/keys', {
        name,
        models: ['llama3*'],
        endpoints: ['/v1/*'],
        person: ada.id,
      })
      await here.call('POST /api/keys/:id/rotate', { graceMs: 60_000 }, id)
    }
    await here.call('POST /api/origins/decide', { origin: 'https://site.example', status: 'allowed' })
    await here.call('POST /api/origins/label', { origin: 'https://site.example', label: 'A site' })
    const setup = await here.call('GET /api/setup', {})
    expect(await there.call('POST /api/setup', setup)).toEqual({ persons: 1, keys: 5, keysAlreadyHere: 0, origins: 1 })
    expect((await there.call('GET /api/people', {})).at(-1)).toEqual(ada && { ...ada, keys: 5 })
    const told = (await there.call('GET /api/keys', {})).map(({ name }) => name)
    expect(told).toEqual(names.map((name) => name.trim()))
  } finally {
    await here.stop()
    await there.stop()
  }
})

test.each(['a\u202eb', 'a\nb', 'a\u200bb', 'a\u001bb'])(
  'a person cannot make a key or a label with the name %j either',
  async (name) => {
    for (const [path, body] of [
      ['/api/keys', { name }],
      ['/api/people', { name }],
      ['/api/keys', { name: 'x', models: [name] }],
      ['/api/origins/label', { origin: SITE.origin, label: name }],
    ] as const) {
      const answer = await app.ask(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect([answer.status, await answer.json()]).toEqual([
        409,
        { error: expect.objectContaining({ code: 'text_unseen' }) as object },
      ])
    }
  },
)
