import { afterEach, beforeEach, expect, test } from 'vitest'
import { PASSWORD, VISITOR } from '../support/sign-in-side.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let app: StartedApp
beforeEach(async () => {
  app = await startApp()
})
afterEach(() => app.stop())

const joinWith = (code: string, name: string) =>
  app.app.signIn.join({ code, name, proof: { password: PASSWORD } }, VISITOR)

async function chat(secret: string): Promise<number> {
  const response = await fetch(`${app.gatewayUrl()}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'hello' }], stream: false }),
  })
  await response.text()
  return response.status
}

test('the owner invites, a guest joins and uses their key, and a pause stops it', async () => {
  const issued = await app.call('POST /api/invitations', { role: 'guest', name: 'Grace', preset: 'chat' })
  // Other devices cannot open this console.
  expect(issued.links).toEqual([])
  expect(await app.app.signIn.look(issued.code, VISITOR)).toMatchObject({ role: 'guest', from: 'Owner' })
  await joinWith(issued.code, 'Grace')
  const [invitation] = await app.call('GET /api/invitations', {})
  const grace = (await app.call('GET /api/people', {})).find(({ name }) => name === 'Grace')
  expect(invitation).toMatchObject({ id: issued.id, state: 'used', usedBy: grace?.id })
  expect(grace).toMatchObject({ role: 'guest', keys: 1 })
  const [key] = await app.call('GET /api/keys', {})
  const { secret } = await app.call('POST /api/keys/:id/rotate', {}, key?.id)
  expect(await chat(secret)).toBe(200)
  await app.call('PATCH /api/people/:id', { state: 'paused' }, grace?.id)
  expect(await chat(secret)).toBe(403)
})

test('an invitation is listed without its code, and revoked by its id alone', async () => {
  const { id, code } = await app.call('POST /api/invitations', {})
  const listed = await (await app.ask('/api/invitations')).text()
  expect(listed).not.toContain(code)
  expect(listed).not.toMatch(/hash/i)
  expect(await app.call('DELETE /api/invitations/:id', {}, id)).toMatchObject({ state: 'revoked' })
  expect(await app.call('DELETE /api/invitations/:id', {}, id)).toMatchObject({ state: 'revoked' })
  for (const unknown of ['invitation_0', code, '..', 'x']) {
    expect((await app.ask(...requestOf('DELETE /api/invitations/:id', {}, unknown))).status).toBe(404)
  }
  await expect(joinWith(code, 'Eve')).rejects.toMatchObject({ code: 'invitation_invalid' })
})

test.each([
  { role: 'owner' },
  { preset: 'all' },
  { days: 0 },
  { days: 31 },
  { days: 1.5 },
  { createdBy: 'person_x' },
  { state: 'open' },
  { codeHash: 'x' },
  { code: 'mine' },
  { expiresAt: 9e15 },
  { name: '' },
  { hours: ['x'] },
])('no invitation is made with %j', async (wrong) => {
  const response = await app.ask('/api/invitations', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(wrong),
  })
  expect(response.status).toBe(400)
  expect(await app.call('GET /api/invitations', {})).toEqual([])
})

test('the owner sees and changes themselves', async () => {
  expect(await app.call('GET /api/me', {})).toMatchObject({ id: 'person_owner', via: 'window', credentials: [] })
  const picture = `data:image/png;base64,${Buffer.from('a face').toString('base64')}`
  expect(await app.call('PATCH /api/me', { name: 'Ida', picture })).toMatchObject({ name: 'Ida', picture })
  const me = await app.call('PUT /api/me/password', { password: PASSWORD })
  expect(await app.bytesOnDisk()).toContain('$scrypt$ln=15,r=8,p=3$')
  expect(me.credentials).toMatchObject([{ kind: 'password', name: null, lastUsedAt: null }])
  expect(JSON.stringify(me)).not.toContain('scrypt')
  expect(app.events).toContainEqual({ type: 'sessions' })
  expect(await app.call('DELETE /api/me/credentials/:id', {}, me.credentials[0]?.id)).toMatchObject({ credentials: [] })
  expect((await app.ask(...requestOf('DELETE /api/me/credentials/:id', {}, 'credential_0'))).status).toBe(404)
})

test.each([{ role: 'admin' }, { email: 'x@y.example' }, { id: 'x' }, { state: 'active' }, { tokensPerDay: null }])(
  'nobody changes %j of themselves',
  async (wrong) => {
    expect((await app.ask(...requestOf('PATCH /api/me', wrong))).status).toBe(400)
  },
)

test.each([
  'data:image/svg+xml;base64,AAAA',
  'data:text/html;base64,AAAA',
  'https://elsewhere.example/face.png',
  'data:image/png;base64,AAAA"><script>',
  `data:image/png;base64,${'A'.repeat(50_000)}`,
])('%.40s is no picture', async (picture) => {
  expect((await app.ask(...requestOf('PATCH /api/me', { picture }))).status).toBe(400)
})

test('who joined is in the audit trail, and no secret of joining is in trail, log, file or setup', async () => {
  const { code } = await app.call('POST /api/invitations', {})
  await joinWith(code, 'Ada')
  await joinWith(code, 'Eve').catch(() => undefined)
  const trail = await app.call('GET /api/audit', {})
  expect(trail[0]).toMatchObject({ action: 'person.join', label: 'Ada', actor: 'console' })
  const setup = await (await app.ask('/api/setup')).text()
  const everywhere = [JSON.stringify(trail), app.log(), await app.bytesOnDisk(), setup, JSON.stringify(app.events)]
  for (const text of everywhere) {
    expect(text).not.toContain(code)
    expect(text).not.toContain(PASSWORD)
  }
  expect(setup).toContain('Ada')
  expect(setup).not.toMatch(/scrypt|credential_|invitation_/)
})

test('a person who is forgotten leaves no trace of their invitation either', async () => {
  const { id, code } = await app.call('POST /api/invitations', { name: 'Annabella' })
  const proven = await joinWith(code, 'Annabella Smith')
  if (proven === 'waiting') throw new Error('nobody waits with an invitation')
  await app.call('DELETE /api/people/:id', { usage: 'forget' }, proven.personId)
  const left = JSON.stringify([await app.call('GET /api/audit', {}), await app.call('GET /api/invitations', {})])
  for (const trace of ['Annabella', proven.personId, id]) expect(left).not.toContain(trace)
})

test('after everything is forgotten, invitations and the ways in of others are gone', async () => {
  const [used, open] = [await app.call('POST /api/invitations', {}), await app.call('POST /api/invitations', {})]
  await joinWith(used.code, 'Ada')
  await app.call('PUT /api/me/password', { password: PASSWORD })
  await app.call('POST /api/forget', { all: true })
  expect(await app.call('GET /api/invitations', {})).toEqual([])
  await expect(joinWith(open.code, 'Eve')).rejects.toMatchObject({ code: 'invitation_invalid' })
  expect((await app.call('GET /api/me', {})).credentials).toHaveLength(1)
  await app.call('POST /api/invitations', {})
  await expect(app.app.signIn.password({ name: 'Ada', password: PASSWORD }, VISITOR)).rejects.toMatchObject({
    code: 'sign_in_failed',
  })
})

test('somebody who waits is asked about, and let in by the console', async () => {
  await app.call('PATCH /api/settings', { registration: 'approval' })
  expect(await app.app.signIn.join({ code: null, name: 'Ada', proof: { password: PASSWORD } }, VISITOR)).toBe('waiting')
  const question = app.events.find(({ type }) => type === 'join-question')
  const id = question?.type === 'join-question' ? question.person.id : ''
  expect(await app.call('PATCH /api/people/:id', { state: 'active' }, id)).toMatchObject({ state: 'active' })
  expect(await app.app.signIn.password({ name: 'ada', password: PASSWORD }, VISITOR)).toMatchObject({ personId: id })
})
