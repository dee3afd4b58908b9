import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { LINK_APP_IDS, type LinkAppId } from '#shared/keys/link-apps.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
beforeEach(async () => {
  gateway = await startGateway({ chunkDelayMs: 50 })
})
afterEach(() => gateway.close())

/** As the apps' requests were seen: Electron's own header, and that of Apple's URL loading system. */
const ELECTRON = (name: string) =>
  `Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) ${name} Chrome/134.0.0.0 Electron/35.1.2 Safari/537.36`
const SENDS = {
  'cherry-studio': [ELECTRON('CherryStudio/1.5.8'), 'CherryStudio/1.9.6'],
  chatbox: [ELECTRON('xyz.chatboxapp.app/1.20.0'), ELECTRON('xyz.chatboxapp.ce/1.20.0')],
  opencat: ['OpenCat/424 CFNetwork/1490.0.4 Darwin/23.2.0'],
  // Its user agent is not known.
  ama: [],
} as const satisfies Record<LinkAppId, readonly string[]>
const OTHERS = ['Python-urllib/3.11', 'curl/8.5.0', ELECTRON('Other/1.0.0'), 'NotOpenCat/1', '']

const send = async (key: IssuedKey, userAgent: string, origin?: string) =>
  fetch(`${gateway.url}/v1/models`, {
    headers: {
      authorization: `Bearer ${key.secret}`,
      'user-agent': userAgent,
      ...(origin === undefined ? {} : { origin }),
    },
  })
const question = () => until(() => gateway.otherAppQuestions[0], 'the question')

describe.each(LINK_APP_IDS)('a key made for %s', (app) => {
  it('works for the app, and nobody is asked', async () => {
    const key = await gateway.createKey({ app })
    for (const userAgent of SENDS[app]) expect((await send(key, userAgent)).status).toBe(200)
    expect(gateway.otherAppQuestions).toEqual([])
  })

  it.each(OTHERS)('is refused to “%s”', async (userAgent) => {
    const key = await gateway.createKey({ app })
    const answer = await send(key, userAgent)
    expect([answer.status, answer.headers.get('latchkey-refusal')]).toEqual([403, 'other_app'])
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(await answer.json()).toMatchObject({ error: { code: 'other_app' } })
    expect(gateway.received).toEqual([])
  })
})

it('a key for an app that this version does not know works for none', async () => {
  const key = await gateway.createKey({ app: 'from-the-future' })
  expect((await send(key, ELECTRON('FromTheFuture/1.0'))).status).toBe(403)
})

describe('the question', () => {
  it('comes once per key and names the other app', async () => {
    const key = await gateway.createKey({ name: 'Chatbox', app: 'chatbox' })
    for (let call = 0; call < 3; call++) expect((await send(key, 'Python-urllib/3.11')).status).toBe(403)
    expect((await send(key, 'curl/8.5.0')).status).toBe(403)
    expect(await question()).toMatchObject({ name: 'Chatbox', app: 'chatbox', otherApp: 'Python-urllib' })
    expect(gateway.otherAppQuestions).toHaveLength(1)
    expect(gateway.access.pendingOtherAppCount()).toBe(1)
    expect((await send(key, SENDS.chatbox[0])).status).toBe(200)
  })

  it('names a page by its site, and never holds a secret', async () => {
    const key = await gateway.createKey({ app: 'chatbox' })
    await send(key, 'Mozilla/5.0 Firefox/153.0', 'https://notes.example')
    expect((await question()).otherApp).toBe('https://notes.example')
    const other = await gateway.createKey({ app: 'chatbox' })
    await send(other, key.secret)
    await until(() => gateway.otherAppQuestions[1], 'the question')
    expect(JSON.stringify(gateway.otherAppQuestions[1])).not.toContain(key.secret.slice(0, 20))
  })

  it('“any app” lets the next request through', async () => {
    const key = await gateway.createKey({ app: 'chatbox' })
    await send(key, 'curl/8.5.0')
    await question()
    const free = await gateway.access.keys.update(key.id, { app: null })
    expect(free).toMatchObject({ app: null, otherApp: null })
    expect(gateway.access.pendingOtherAppCount()).toBe(0)
    expect((await send(key, 'curl/8.5.0')).status).toBe(200)
  })

  it('“only this app” is final', async () => {
    const key = await gateway.createKey({ app: 'chatbox' })
    await send(key, 'curl/8.5.0')
    await question()
    expect(await gateway.access.keys.update(key.id, { app: 'chatbox' })).toMatchObject({ onlyItsApp: true })
    expect(gateway.access.pendingOtherAppCount()).toBe(0)
    expect((await send(key, 'curl/8.5.0')).status).toBe(403)
    expect(gateway.otherAppQuestions).toHaveLength(1)
    expect((await send(key, SENDS.chatbox[0])).status).toBe(200)
  })

  it('a change of another field does not answer the question, and a new app resets it', async () => {
    const key = await gateway.createKey({ app: 'chatbox' })
    await send(key, 'curl/8.5.0')
    await question()
    await gateway.access.keys.update(key.id, { name: 'B' })
    expect(gateway.access.pendingOtherAppCount()).toBe(1)
    await gateway.access.keys.update(key.id, { app: 'opencat' })
    expect(gateway.access.pendingOtherAppCount()).toBe(0)
    await send(key, 'curl/8.5.0')
    await until(() => gateway.otherAppQuestions.length === 2, 'the second question')
  })
})

it('a key that is given to one app loses the answers that run', async () => {
  const key = await gateway.createKey()
  const answer = await fetch(`${gateway.url}/api/chat`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'user-agent': 'curl/8.5.0' },
    body: JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'write a long story' }] }),
  })
  await answer.body?.getReader().read()
  await gateway.access.keys.update(key.id, { app: 'chatbox' })
  await until(() => gateway.records.find(({ keyId }) => keyId === key.id), 'the end of the answer')
  expect(gateway.records.at(-1)).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
})
