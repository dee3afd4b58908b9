import { afterEach, beforeEach, expect, test } from 'vitest'
import type { IssuedInvitation } from '#shared/people/invitation.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { type HeldSession, heldFrom } from '../support/console-session.ts'
import { PASSWORD } from '../support/sign-in-side.ts'
import { type OpenedConsole, openConsole } from './opened-console.ts'

const OTHER_PASSWORD = 'white coffee at dawn'

let app: OpenedConsole['app']
let owner: OpenedConsole['owner']
let send: OpenedConsole['send']
beforeEach(async () => {
  ;({ app, owner, send } = await openConsole())
})
afterEach(() => app.stop())

const enter = (name: string, password = PASSWORD) => send('POST', '/api/sign-in/password', { name, password })
const recover = (code: string, password = OTHER_PASSWORD, held?: HeldSession) =>
  send('POST', '/api/join', { code, name: null, proof: { password } }, held)
const refusalOf = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: { code: string } }
  return [answer.status, error.code]
}

/** Somebody who joined, and their session. */
async function join(name: string, role = 'member'): Promise<{ id: string; held: HeldSession }> {
  const { code } = await app.call('POST /api/invitations', { role: role as 'member' })
  const held = heldFrom(await send('POST', '/api/join', { code, name, proof: { password: PASSWORD } }))
  const me = (await (await send('GET', '/api/me', undefined, held)).json()) as { id: string }
  return { id: me.id, held }
}
const letIn = async (id: string, held = owner, input: object = {}) =>
  (await (await send('POST', `/api/people/${id}/invitations`, input, held)).json()) as IssuedInvitation

test('somebody gets in again with their keys and usage, and every session and stream that they had ends', async () => {
  const { id, held } = await join('Ada')
  const key = await app.call('POST /api/keys', { name: 'Laptop', person: id })
  const stream = await send('GET', '/api/events', undefined, heldFrom(await enter('Ada')))
  const { code, expiresAt, createdAt } = await letIn(id)
  expect(expiresAt - createdAt).toBe(86_400_000)
  const looked = await send('POST', '/api/join/look', { code })
  expect(await looked.json()).toMatchObject({ isHere: true, name: 'Ada', role: 'member', from: 'Owner' })
  const recovered = await recover(code)
  expect(await recovered.json()).toEqual({ next: 'console' })
  const again = heldFrom(recovered)
  expect(await (await send('GET', '/api/me', undefined, again)).json()).toMatchObject({
    id,
    name: 'Ada',
    role: 'member',
  })
  expect(await (await send('GET', '/api/keys', undefined, again)).json()).toMatchObject([
    { id: key.id, name: 'Laptop' },
  ])
  expect((await send('GET', '/api/me', undefined, held)).status).toBe(401)
  await expect(stream.text()).rejects.toThrow('terminated')
  expect(await (await send('GET', '/api/me/sessions', undefined, again)).json()).toMatchObject([{ current: true }])
  expect([(await enter('Ada')).status, (await enter('Ada', OTHER_PASSWORD)).status]).toEqual([409, 200])
  const used = await fetch(`${app.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${key.secret}` } })
  expect(used.status).toBe(200)
  expect(await refusalOf(await recover(code))).toEqual([409, 'invitation_invalid'])
})

test('of 100 who use one at once, one gets a session', async () => {
  const { id } = await join('Ada')
  const { code } = await letIn(id)
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => recover(code, `${OTHER_PASSWORD} ${at}`)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ headers }) => headers.has('set-cookie'))).toHaveLength(1)
  expect(await app.call('GET /api/people', {})).toHaveLength(2)
})

test('an admin makes them for members and guests alone, and members and guests for nobody', async () => {
  const [ada, boss, other] = [await join('Ada'), await join('Boss', 'admin'), await join('Other', 'admin')]
  const ask = (id: string, held: HeldSession) => send('POST', `/api/people/${id}/invitations`, {}, held)
  expect((await ask(ada.id, boss.held)).status).toBe(200)
  expect(await refusalOf(await ask(other.id, boss.held))).toEqual([409, 'recovery_by_owner'])
  expect(await refusalOf(await ask(boss.id, boss.held))).toEqual([409, 'recovery_by_owner'])
  expect(await refusalOf(await ask(OWNER_ID, boss.held))).toEqual([409, 'recovery_of_owner'])
  expect(await refusalOf(await ask(OWNER_ID, owner))).toEqual([409, 'recovery_of_owner'])
  expect(await refusalOf(await ask(ada.id, ada.held))).toEqual([403, 'role_not_allowed'])
  expect(await refusalOf(await ask('person_0', owner))).toEqual([404, 'not_found'])
})

test.each([{ days: 0 }, { days: 8 }, { days: 1.5 }, { role: 'admin' }, { person: 'person_owner' }, { createdBy: 'x' }])(
  'none is made with %j',
  async (wrong) => {
    const { id } = await join('Ada')
    expect((await send('POST', `/api/people/${id}/invitations`, wrong, owner)).status).toBe(400)
    expect((await app.call('GET /api/invitations', {})).filter(({ person }) => person !== null)).toEqual([])
  },
)

test('somebody else’s session in the browser ends when a person gets in again there', async () => {
  const [ada, bob] = [await join('Ada'), await join('Bob')]
  const { code } = await letIn(ada.id)
  expect((await recover(code, OTHER_PASSWORD, bob.held)).status).toBe(200)
  expect((await send('GET', '/api/me', undefined, bob.held)).status).toBe(401)
})

test('it is listed for the person, revoked as every other, and an invitation for somebody new has no person', async () => {
  const { id } = await join('Ada')
  const { id: first, code } = await letIn(id, owner, { days: 7 })
  const list = await app.call('GET /api/invitations', {})
  expect(list.map(({ person, name, state }) => [person, name, state])).toEqual([
    [id, 'Ada', 'open'],
    [null, null, 'used'],
  ])
  expect(await app.call('DELETE /api/invitations/:id', {}, first)).toMatchObject({ state: 'revoked' })
  expect(await refusalOf(await recover(code))).toEqual([409, 'invitation_invalid'])
})

test('the trail says who made it and who used it from where, and no secret of it is anywhere', async () => {
  const [ada, boss] = [await join('Ada'), await join('Boss', 'admin')]
  const { code } = await letIn(ada.id, boss.held)
  await recover(code)
  const trail = await app.call('GET /api/audit', {})
  expect(trail.slice(0, 2)).toMatchObject([
    { action: 'person.recover', subject: ada.id, person: ada.id, personName: 'Ada', address: '127.0.0.1' },
    { action: 'person.invite', subject: ada.id, label: 'Ada', person: boss.id, personName: 'Boss', actor: 'console' },
  ])
  const listed = await (await send('GET', '/api/invitations', undefined, owner)).text()
  for (const text of [JSON.stringify(trail), app.log(), await app.bytesOnDisk(), JSON.stringify(app.events), listed]) {
    for (const secret of [code, OTHER_PASSWORD]) expect(text).not.toContain(secret)
  }
})

test('a person who is forgotten leaves no trace of their invitations', async () => {
  const { id } = await join('Annabella')
  const { id: used, code } = await letIn(id)
  await recover(code)
  const { id: revoked } = await letIn(id)
  await app.call('DELETE /api/invitations/:id', {}, revoked)
  await app.call('DELETE /api/people/:id', { usage: 'forget' }, id)
  const left = JSON.stringify([await app.call('GET /api/audit', {}), await app.call('GET /api/invitations', {})])
  for (const trace of ['Annabella', id, used, revoked]) expect(left).not.toContain(trace)
})
