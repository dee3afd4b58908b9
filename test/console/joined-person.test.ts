import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as requestTls } from 'node:https'
import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import { providerSchema } from '#shared/people/sign-in.ts'
import { ownAddress } from '../support/own-address.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

const OWN_ADDRESS = ownAddress()
const NAME = `${hostname().split('.')[0]?.toLowerCase()}.local`
const PASSWORD = 'seven green bottles'

describe.runIf(OWN_ADDRESS !== undefined)('somebody who was invited', () => {
  const own = OWN_ADDRESS as string
  let started: StartedApp
  let port: number
  let ca: string
  /** What their browser has. */
  let session: Record<string, string>

  beforeEach(async () => {
    started = await startApp()
    await started.call('PATCH /api/settings', { lan: [own], shareConsole: true })
    await started.app.openConsole({ port: 0, behindProxy: [] })
    port = Number(new URL(started.app.consoleLink()).port)
    session = {}
  })
  afterEach(() => started.stop())

  async function open(path: string, method = 'GET', body = ''): Promise<IncomingMessage> {
    const json = method === 'GET' ? {} : { 'Content-Type': 'application/json', Origin: `https://${NAME}:${port}` }
    const headers = { Host: `${NAME}:${port}`, 'User-Agent': 'Phone', ...json, ...session }
    const sent = requestTls({ host: own, port, path, method, ca, servername: NAME, agent: false, headers }).end(body)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return answer
  }

  async function ask(path: string, method = 'GET', input: object = {}): Promise<{ status: number; body: unknown }> {
    const answer = await open(path, method, method === 'GET' ? '' : JSON.stringify(input))
    let text = ''
    for await (const piece of answer as AsyncIterable<Buffer>) text += piece.toString()
    const [cookie] = answer.headers['set-cookie'] ?? []
    const secret = answer.headers[SESSION_HEADER.toLowerCase()]
    if (typeof secret === 'string' && cookie !== undefined)
      session = { Cookie: cookie.split(';')[0] ?? '', [SESSION_HEADER]: secret }
    return { status: answer.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) }
  }

  async function join(role: 'member' | 'guest' = 'member'): Promise<string> {
    const { code, links } = await started.call('POST /api/invitations', { role, name: 'Anna' })
    expect(links[0]).toBe(`https://${NAME}:${port}/join#${code}`)
    await until(() => started.app.state().sharedConsole.urls[0], 'the console to be shared')
    ca = (await started.call('GET /api/lan/certificate', {})).pem
    expect((await ask('/api/join/look', 'POST', { code })).body).toMatchObject({ role, name: 'Anna' })
    const joined = await ask('/api/join', 'POST', { code, name: 'Anna', proof: { password: PASSWORD } })
    expect(joined.body).toEqual({ next: 'console' })
    const me = await ask('/api/me')
    expect(me.body).toMatchObject({ name: 'Anna', role, via: 'sign-in' })
    return (me.body as { id: string }).id
  }

  test('joins over TLS, signs in again, and sees only what is theirs', async () => {
    const id = await join()
    expect((await ask('/api/people')).status).toBe(403)
    expect((await ask('/api/settings')).status).toBe(403)
    expect((await ask('/api/me/sessions')).body).toEqual([
      expect.objectContaining({ method: 'password', device: 'Phone', address: own, current: true }),
    ])
    expect((await ask('/api/me/sign-out', 'POST')).status).toBe(200)
    expect((await ask('/api/me')).status).toBe(401)
    expect((await ask('/api/sign-in/password', 'POST', { name: 'Anna', password: 'wrong' })).status).toBe(409)
    expect((await ask('/api/sign-in/password', 'POST', { name: 'anna', password: PASSWORD })).status).toBe(200)
    expect((await ask('/api/me')).body).toMatchObject({ id })
    expect(await started.call('GET /api/people/:id/sessions', {}, id)).toHaveLength(1)
    expect(started.log()).not.toContain(PASSWORD)
    for (const secret of Object.values(session)) expect(await started.bytesOnDisk()).not.toContain(secret)
  })

  test('gets in again over TLS by a link of the owner, with another password and everything else as it was', async () => {
    const id = await join('guest')
    const before = session
    session = {}
    const { code, links } = await started.call('POST /api/people/:id/invitations', {}, id)
    expect(links[0]).toBe(`https://${NAME}:${port}/join#${code}`)
    expect((await ask('/api/join/look', 'POST', { code })).body).toMatchObject({ isHere: true, name: 'Anna' })
    const proof = { password: 'nine blue umbrellas' }
    expect((await ask('/api/join', 'POST', { code, proof })).body).toEqual({ next: 'console' })
    expect((await ask('/api/me')).body).toMatchObject({ id, name: 'Anna', role: 'guest', via: 'sign-in' })
    expect((await ask('/api/keys')).body).toHaveLength(1)
    session = before
    expect((await ask('/api/me')).status).toBe(401)
    expect((await ask('/api/join', 'POST', { code, proof })).status).toBe(409)
  })

  test('changes the password, and only the device where they do it stays signed in', async () => {
    await join()
    const here = session
    session = {}
    expect((await ask('/api/sign-in/password', 'POST', { name: 'Anna', password: PASSWORD })).status).toBe(200)
    const there = session
    session = here
    const other = { password: 'nine blue umbrellas', current: PASSWORD }
    expect((await ask('/api/me/password', 'PUT', { ...other, current: 'wrong' })).status).toBe(409)
    expect((await ask('/api/me/sessions')).body).toHaveLength(2)
    expect((await ask('/api/me/password', 'PUT', other)).status).toBe(200)
    expect((await ask('/api/me')).body).toMatchObject({ name: 'Anna' })
    session = there
    expect((await ask('/api/me')).status).toBe(401)
  })

  test.each([
    ['paused', (id: string) => started.call('PATCH /api/people/:id', { state: 'paused' }, id)],
    ['removed', (id: string) => started.call('DELETE /api/people/:id', {}, id)],
    ['given another role', (id: string) => started.call('PATCH /api/people/:id', { role: 'guest' }, id)],
    ['signed out by the owner', (id: string) => started.call('DELETE /api/people/:id/sessions', {}, id)],
    [
      'left without passwords',
      () =>
        started.call('PATCH /api/settings', {
          localSignIn: false,
          providers: [
            { ...providerSchema.parse({ id: 'hub', name: 'Hub', preset: 'github', issuer: null, clientId: 'id' }) },
          ],
        }),
    ],
  ])('has nothing open a second after they were %s', async (_, change) => {
    const id = await join()
    const events = await open('/api/events')
    const exported = await open('/api/export/exchanges')
    events.resume().on('error', () => undefined)
    exported.resume()
    const closed = new Promise((resolve) => events.once('close', resolve))
    const began = performance.now()
    await change(id)
    await closed
    expect(performance.now() - began).toBeLessThan(1000)
    // Without another person the console is not shared any more.
    const { status } = await ask('/api/me').catch(() => ({ status: 'closed' }))
    expect(status).toBe(started.app.state().sharedConsole.urls.length === 0 ? 'closed' : 401)
  })
})
