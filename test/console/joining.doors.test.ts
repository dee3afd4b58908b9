import { afterEach, beforeEach, expect, test } from 'vitest'
import { heldFrom } from '../support/console-session.ts'
import { PASSWORD } from '../support/sign-in-side.ts'
import { type OpenedConsole, openConsole } from './opened-console.ts'

let app: OpenedConsole['app']
let owner: OpenedConsole['owner']
let send: OpenedConsole['send']
beforeEach(async () => {
  ;({ app, owner, send } = await openConsole())
})
afterEach(() => app.stop())

const invite = async (choices: object = {}) =>
  ((await (await send('POST', '/api/invitations', choices, owner)).json()) as { code: string }).code
const join = (code: string, name: string, password = PASSWORD) =>
  send('POST', '/api/join', { code, name, proof: { password } })
const enter = (name: string, password = PASSWORD) => send('POST', '/api/sign-in/password', { name, password })

test('somebody is invited, joins, is themselves with their role, and signs in again', async () => {
  const code = await invite({ role: 'member', name: 'Ada' })
  const looked = await send('POST', '/api/join/look', { code })
  expect(await looked.json()).toMatchObject({ role: 'member', name: 'Ada', from: 'Owner' })
  const joined = await join(code, 'Ada')
  expect(await joined.json()).toEqual({ next: 'console' })
  const ada = heldFrom(joined)
  expect(await (await send('GET', '/api/me', undefined, ada)).json()).toMatchObject({
    name: 'Ada',
    role: 'member',
    via: 'sign-in',
    credentials: [{ kind: 'password' }],
  })
  expect((await send('GET', '/api/people', undefined, ada)).status).toBe(403)
  expect((await send('POST', '/api/invitations', {}, ada)).status).toBe(403)
  expect(await (await enter('ada')).json()).toEqual({ next: 'console' })
})

test('of 100 who join with one invitation at once, one gets a session', async () => {
  const code = await invite()
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => join(code, `Person ${at}`)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ headers }) => headers.has('set-cookie'))).toHaveLength(1)
  const people = (await (await send('GET', '/api/people', undefined, owner)).json()) as unknown[]
  expect(people).toHaveLength(2)
})

test('another password ends the sessions that the old one opened, and keeps the one that set it', async () => {
  await join(await invite(), 'Ada')
  const [one, other] = [heldFrom(await enter('Ada')), heldFrom(await enter('Ada'))]
  const changed = await send('PUT', '/api/me/password', { password: 'another long one', current: PASSWORD }, one)
  expect(changed.status).toBe(200)
  expect((await send('GET', '/api/me', undefined, one)).status).toBe(200)
  expect((await send('GET', '/api/me', undefined, other)).status).toBe(401)
  expect((await enter('Ada')).status).toBe(409)
})

test('an open invitation lets the console be opened from other devices, before there is anybody else', async () => {
  expect(app.app.signIn.options().isOn).toBe(false)
  await invite()
  expect(await (await send('GET', '/api/sign-in')).json()).toMatchObject({ isOn: true, local: true })
})
