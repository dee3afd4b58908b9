import { afterEach, beforeEach, expect, test } from 'vitest'
import { PROVIDER_RETURN_PATH } from '#shared/console-api/sign-in-api.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  PAGE_ORIGIN,
  startOpenIdProvider,
  type TestProvider,
} from '../support/providers/openid-provider.ts'
import { VISITOR } from '../support/providers/sign-in-stage.ts'
import { type StartedApp, startApp } from './started-app.ts'

// The whole core with a real provider, as the console's server uses it.

let openId: TestProvider
let started: StartedApp
beforeEach(async () => {
  openId = await startOpenIdProvider()
  started = await startApp()
  const provider = { id: 'work', name: 'Work', preset: 'other', issuer: openId.issuer, clientId: CLIENT_ID } as const
  await started.call('PATCH /api/settings', { providers: [provider], consoleUrl: PAGE_ORIGIN })
  await started.call('PUT /api/providers/:id/secret', { secret: CLIENT_SECRET }, 'work')
})
afterEach(async () => {
  await started.stop()
  await openId.close()
})

async function signIn(code: string | null = null) {
  const { url, flow } = await started.app.signIn.beginProvider({ provider: 'work', code }, VISITOR)
  const back = await openId.walk(url)
  expect(back.pathname).toBe(`${PROVIDER_RETURN_PATH}/work`)
  return started.app.signIn.finishProvider({ provider: 'work', query: back.search.slice(1), flow }, VISITOR)
}
const people = () => started.call('GET /api/people', {})

test('an invitation survives the way to the provider, and the account is then the person’s', async () => {
  const { code } = await started.call('POST /api/invitations', { role: 'guest', tokensPerDay: 500 })
  const proven = await signIn(code)
  const anna = (await people()).find(({ name }) => name === 'Anna')
  expect(anna).toMatchObject({ role: 'guest', tokensPerDay: 500, email: 'anna@example.org', keys: 1, state: 'active' })
  expect(proven).toEqual({ personId: anna?.id, method: 'oidc' })
  // Its address and name can change.
  openId.account = { sub: 'anna', email: 'other@example.org', email_verified: true, name: 'Another' }
  expect(await signIn()).toEqual(proven)
  openId.account = { sub: 'eve', email: 'anna@example.org', email_verified: true, name: 'Anna' }
  for (const used of [code, null]) await expect(signIn(used)).rejects.toMatchObject({ code: 'registration_closed' })
  expect(await people()).toHaveLength(2)
})

test('a link that lets somebody in again works for no account, and makes nobody new', async () => {
  await started.call('PATCH /api/settings', { registration: 'open' })
  const { id } = await started.call('POST /api/people', { name: 'Bob' })
  const { code } = await started.call('POST /api/people/:id/invitations', {}, id)
  await expect(signIn(code)).rejects.toMatchObject({ code: 'recovery_is_local' })
  expect((await people()).map(({ name }) => name)).toEqual(['Owner', 'Bob'])
  const [invitation] = await started.call('GET /api/invitations', {})
  expect(invitation).toMatchObject({ person: id, state: 'open' })
})

test('a person who is paused or removed is refused', async () => {
  const { code } = await started.call('POST /api/invitations', {})
  await signIn(code)
  const id = (await people())[1]?.id
  await started.call('PATCH /api/people/:id', { state: 'paused' }, id)
  await expect(signIn()).rejects.toMatchObject({ code: 'person_paused' })
  await started.call('DELETE /api/people/:id', {}, id)
  await started.call('POST /api/people', { name: 'Bob' })
  await expect(signIn()).rejects.toMatchObject({ code: 'registration_closed' })
})

test('while nobody can sign in, the provider is not asked for anything', async () => {
  const before = openId.asked.length
  await expect(signIn()).rejects.toMatchObject({ code: 'sign_in_off' })
  expect(openId.asked).toHaveLength(before)
})

test('by approval, an account waits until it is let in', async () => {
  await started.call('PATCH /api/settings', { registration: 'approval' })
  expect([await signIn(), await signIn()]).toEqual(['waiting', 'waiting'])
  const [, anna] = await people()
  expect(anna).toMatchObject({ name: 'Anna', email: 'anna@example.org', state: 'pending' })
  await started.call('PATCH /api/people/:id', { state: 'active' }, anna?.id)
  expect(await signIn()).toEqual({ personId: anna?.id, method: 'oidc' })
})

test('an address that an operator entered links an account, and the owner’s address makes an admin', async () => {
  const bob = await started.call('POST /api/people', { name: 'Bob', email: 'Anna@example.org' })
  expect(await signIn()).toMatchObject({ personId: bob.id })
  await started.call('PATCH /api/settings', { ownerEmail: 'carol@example.org' })
  openId.account = { sub: 'carol', email: 'carol@example.org', email_verified: false, name: 'Owner' }
  await expect(signIn()).rejects.toMatchObject({ code: 'registration_closed' })
  openId.account = { ...openId.account, email_verified: true }
  const carol = await signIn()
  const admins = (await people()).filter(({ role }) => role === 'admin')
  expect(admins).toMatchObject([{ email: 'carol@example.org' }])
  expect(carol).toMatchObject({ personId: admins[0]?.id })
  // Nobody new looks like the owner.
  expect(admins[0]?.name).not.toBe('Owner')
})
