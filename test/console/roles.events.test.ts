import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AppEvent, appEventSchema } from '#shared/console-api/events.ts'
import type { Session } from '#shared/people/session.ts'
import type { Me } from '#shared/people/sign-in.ts'
import type { ConsolePorts } from '../../src-main/console-api/ports.ts'
import { portsByRole } from '../../src-main/console-api/roles/by-role.ts'
import { until } from '../support/until.ts'
import { ownerWithKey, type SignedIn, signIn } from './persons.ts'
import { type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
let owner: SignedIn
let max: SignedIn
let mia: SignedIn
let admin: SignedIn
beforeEach(async () => {
  started = await startApp()
  await started.call('POST /api/upstream/check', {})
  owner = await ownerWithKey(started)
  max = await signIn(started, 'member', 'Max')
  mia = await signIn(started, 'member', 'Mia')
  admin = await signIn(started, 'admin', 'Ada')
})
afterEach(() => started.stop())

/** The event stream of somebody, read as it comes. */
async function listen(who: SignedIn): Promise<{ heard: AppEvent[]; end(): Promise<void> }> {
  const reader = (await who.ask('/api/events')).body?.getReader()
  if (reader === undefined) throw new Error('no body')
  const heard: AppEvent[] = []
  const decoder = new TextDecoder()
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      for (const block of decoder.decode(value).split('\n\n'))
        if (block.startsWith('data: ')) heard.push(appEventSchema.parse(JSON.parse(block.slice('data: '.length))))
    }
  }
  void read()
  await until(() => heard.length > 0, 'the first state')
  return { heard, end: () => reader.cancel() }
}

async function chat(secret: string): Promise<void> {
  const headers = { Authorization: `Bearer ${secret}`, Origin: 'https://new.example' }
  const body = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'hello' }], stream: false })
  const before = exchanges()
  await (await fetch(`${started.gatewayUrl()}/api/chat`, { method: 'POST', headers, body })).text()
  await until(() => exchanges() > before, 'the exchange')
}

const exchanges = () => started.events.filter(({ type }) => type === 'exchange').length
const types = (events: readonly AppEvent[]) => events.map(({ type }) => type)

/** A restore reaches everybody, and so ends a list of events. */
async function untilReplaced(...streams: { heard: AppEvent[] }[]): Promise<void> {
  const { name } = await started.call('POST /api/backups', {})
  await started.call('POST /api/backups/restore', { name })
  for (const { heard } of streams) await until(() => types(heard).includes('replaced'), 'the event of the restore')
}

test('a member hears of what is theirs, and of nothing that others do', async () => {
  const stream = await listen(max)
  expect(stream.heard).toMatchObject([{ type: 'state', state: { keys: 1, upstream: { url: '' } } }])
  await chat(owner.key.secret)
  await chat(mia.key.secret)
  await chat('sk-lk-unknown')
  await started.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  await chat(owner.key.secret)
  await mia.call('POST /api/keys', { name: 'Another of Mia' })
  await started.call('PATCH /api/people/:id', { tokensPerDay: 7 }, mia.id)
  await started.call('POST /api/people', { name: 'Somebody' })
  await started.call('POST /api/origins/decide', { origin: 'https://site.example', status: 'blocked' })
  await started.call('PATCH /api/settings', { unknownOrigins: 'key' })

  await chat(max.key.secret)
  await max.call('POST /api/keys', { name: 'Another of Max' })
  await started.call('PATCH /api/people/:id', { tokensPerDay: 9 }, max.id)
  await until(() => types(stream.heard).includes('people'), 'the last event of their own')
  const own = stream.heard.slice(1)
  expect(types(own)).toEqual(['exchange', 'keys', 'state', 'people'])
  expect(own).toMatchObject([{ exchange: { keyId: max.key.id } }, {}, { state: { keys: 2 } }, {}])
  await untilReplaced(stream)
  await stream.end()
})

test('a member hears when an operator changes, disables or takes away a key of theirs', async () => {
  const stream = await listen(max)
  await started.call('PATCH /api/keys/:id', { enabled: false }, max.key.id)
  await until(() => types(stream.heard).includes('keys'), 'the change')
  stream.heard.splice(0)
  await started.call('PATCH /api/keys/:id', { person: mia.id }, max.key.id)
  await until(() => types(stream.heard).includes('keys'), 'the loss')
  await stream.end()
})

test('an admin hears what the owner hears', async () => {
  const [ofOwner, ofAdmin] = [await listen(owner), await listen(admin)]
  await chat(mia.key.secret)
  await started.call('PATCH /api/settings', { theme: 'dark' })
  await started.call('POST /api/people', { name: 'Somebody' })
  await untilReplaced(ofOwner, ofAdmin)
  expect(ofAdmin.heard.map((event) => JSON.stringify(event))).toEqual(
    ofOwner.heard.map((event) => JSON.stringify(event)),
  )
  await Promise.all([ofOwner.end(), ofAdmin.end()])
})

test.each([{ role: 'member' }, { role: 'guest' }, { state: 'paused' }] as const)(
  'a stream that an admin opened has nothing more after %j',
  async (patch) => {
    const stream = await listen(admin)
    const before = stream.heard.length
    await started.call('PATCH /api/people/:id', patch, admin.id)
    await chat(owner.key.secret)
    await started.call('POST /api/keys', { name: 'Unheard' })
    const control = await listen(owner)
    await untilReplaced(control)
    expect(stream.heard.slice(before)).toEqual([])
    await Promise.all([stream.end(), control.end()])
  },
)

test('a member hears of other devices and of sessions only if what they see of them has changed', async () => {
  const lan = await started.app.core.lan.state()
  let [name, credentials, sessions] = [lan.name, 0, 0]
  const device = { userAgent: null, firstSeenAt: 0, lastSecureAt: null, lastFailure: null, usedOldAuthority: false }
  const listeners: ((event: AppEvent) => void)[] = []
  // Stands for a core in which another device connects and others sign in, whose events the test sends.
  const core: ConsolePorts = {
    ...started.app.core,
    lan: {
      ...started.app.core.lan,
      state: async () => ({ ...lan, name, devices: [{ ...device, address: '192.168.1.9' }] }),
    },
    me: {
      ...started.app.core.me,
      read: async () =>
        ({ credentials: Array.from({ length: credentials }, (_, at) => ({ id: `c${at}`, name: null })) }) as Me,
      sessions: async () =>
        Array.from({ length: sessions }, (_, at) => ({ id: `s${at}`, seenAt: Math.random() })) as Session[],
    },
    subscribe: (listener) => {
      listeners.push(listener)
      return () => undefined
    },
  }
  const [person] = (await started.call('GET /api/people', {})).filter(({ id }) => id === max.id)
  const facts = { person: () => person, keysOf: () => [], personOf: () => '' }
  const heard: string[] = []
  portsByRole(core, max.caller, facts).subscribe(({ type }) => heard.push(type))
  const send = async (...sent: ('lan' | 'sessions')[]) => {
    heard.splice(0)
    for (const type of sent) for (const listener of listeners) listener({ type })
    for (const listener of listeners) listener({ type: 'replaced' })
    // Both are read with promises that are fulfilled already.
    await new Promise((resolve) => setImmediate(resolve))
    return heard.filter((type) => type !== 'replaced')
  }
  await send()
  expect(await send('lan', 'sessions')).toEqual([])
  name = 'other.local'
  expect(await send('lan', 'sessions')).toEqual(['lan'])
  credentials = 1
  expect(await send('lan', 'sessions')).toEqual(['sessions'])
  sessions = 1
  expect(await send('sessions')).toEqual(['sessions'])
  expect(await send('lan', 'sessions')).toEqual([])
})
