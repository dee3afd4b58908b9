import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SIGN_IN_API } from '#shared/console-api/sign-in-api.ts'
import { ANNA, ask, codeOf, PASSWORD, REACHED, type Sent, startConsoleServer } from '../support/console-server.ts'
import { heldFrom, sessionLines, signInAt } from '../support/console-session.ts'
import { openRaw, type RawResponse } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

// Sign-in itself is a small one of the test's own: what is tried here is the door around it.
let started: Awaited<ReturnType<typeof startConsoleServer>>
const now = { ahead: 0 }
const log: string[] = []

beforeEach(async () => {
  now.ahead = 0
  log.length = 0
  started = await startConsoleServer({
    now: () => Date.now() + now.ahead,
    log: { error: (details, message) => void log.push(inspect([message, details])) },
  })
})
afterEach(() => started.server.close())

const origin = () => `http://127.0.0.1:${started.server.port}`
const own = () => [`Origin: ${origin()}`, 'Sec-Fetch-Site: same-origin', 'Content-Type: application/json']
const send = (sent: Sent) => ask(started.server.port, sent)
const post = (path: string, body: object, lines = own()) =>
  send({ method: 'POST', path, lines, body: JSON.stringify(body) })
const enter = (password = PASSWORD, lines = own()) => post('/api/sign-in/password', { name: 'Anna', password }, lines)
const held = (response: RawResponse) =>
  heldFrom({ headers: { get: (name) => response.headers.get(name.toLowerCase()) ?? null } })

describe('a password', () => {
  test('opens a session of its person, whose cookie scripts and other sites do not get', async () => {
    const answer = await enter()
    expect(JSON.parse(answer.body)).toEqual({ next: 'console' })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^latchkey_[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=7776000$/,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await send({ path: '/api/me', lines: sessionLines(held(answer)) })).body).toBe(REACHED)
    expect(started.callers.at(-1)).toMatchObject({
      personId: ANNA,
      role: 'member',
      via: 'sign-in',
      actor: 'console',
      address: '127.0.0.1',
    })
    expect(started.signIn.visitors).toEqual([expect.objectContaining({ address: '127.0.0.1', origin: origin() })])
  })

  test('that is wrong opens nothing', async () => {
    const answer = await enter('wrong')
    expect(answer.status).toBe(409)
    expect([answer.headers.has('set-cookie'), answer.headers.has('latchkey-session')]).toEqual([false, false])
  })

  test('never opens a session that somebody else knows, and ends the one that the browser had', async () => {
    const planted = sessionLines({ cookie: 'latchkey_00000000=known', secret: 'known' })
    const first = held(await enter(PASSWORD, [...own(), ...planted]))
    expect(first.cookie).not.toContain('known')
    const second = held(await enter(PASSWORD, [...own(), ...sessionLines(first)]))
    expect(second.cookie).not.toBe(first.cookie)
    expect((await send({ path: '/api/me', lines: sessionLines(first) })).status).toBe(401)
    expect((await send({ path: '/api/me', lines: sessionLines(second) })).body).toBe(REACHED)
    expect((await send({ path: '/api/me', lines: sessionLines({ ...second, cookie: first.cookie }) })).status).toBe(401)
  })

  test('does not get in while its person may not', async () => {
    started.persons.set(ANNA, { role: 'member', isActive: false })
    const answer = await enter()
    expect([answer.status, codeOf(answer)]).toEqual([409, 'no_such_person'])
    expect(answer.headers.has('set-cookie')).toBe(false)
  })
})

describe('another site', () => {
  const rows = Object.keys(SIGN_IN_API).map((row) => row.split(' ') as [string, string])

  test.each(rows)('cannot call %s %s', async (method, path) => {
    const foreign = [
      ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'],
      ['Origin: null'],
      ['Origin: http://127.0.0.1:1', 'Sec-Fetch-Site: same-site'],
      [`Origin: ${origin()}`, 'Origin: https://evil.example'],
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'],
    ]
    for (const lines of foreign) {
      const answer = await send({ method, path, lines: [...lines, 'Content-Type: application/json'], body: '{}' })
      expect([lines, answer.status]).toEqual([lines, 403])
    }
    expect((await send({ method, path, lines: own(), host: `evil.example:${started.server.port}` })).status).toBe(403)
  })

  test('cannot send a form in place of JSON, even where no header names it', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await send({
        method: 'POST',
        path: '/api/sign-in/password',
        lines: [`Content-Type: ${type}`],
        body: JSON.stringify({ name: 'Anna', password: PASSWORD }),
      })
      expect([type, answer.status, answer.headers.has('set-cookie')]).toEqual([type, 415, false])
    }
  })
})

test('an address that fails ten times in a minute waits, and other addresses do not', async () => {
  for (let attempt = 0; attempt < 10; attempt++) expect((await enter('wrong')).status).toBe(409)
  const refused = await enter()
  expect([refused.status, codeOf(refused)]).toEqual([429, 'too_many_attempts'])
  // What the page needs to show itself is not an attempt.
  expect((await send({ path: '/api/sign-in' })).status).toBe(200)
  now.ahead = 60_001
  expect((await enter()).status).toBe(200)
})

test('wrong links count as attempts, also before a good one', async () => {
  const body = { token: 'wrong' }
  for (let attempt = 0; attempt < 10; attempt++) expect((await post('/session', body)).status).toBe(401)
  const good = { token: started.sessions.issueToken() }
  expect((await post('/session', good)).status).toBe(429)
  now.ahead = 60_001
  expect((await post('/session', good)).status).toBe(204)
})

test('a body of any other form is refused with a sentence, and a long one is not read', async () => {
  const cases: [string, string, number][] = [
    ['/api/sign-in/password', '{', 400],
    ['/api/sign-in/password', '{"name":"Anna"}', 400],
    ['/api/sign-in/password', '{"name":"Anna","password":"x","role":"owner"}', 400],
    ['/api/sign-in/password', JSON.stringify({ name: 'Anna', password: 'x'.repeat(70_000) }), 413],
    ['/api/join', '[]', 400],
    ['/api/sign-in/nothing', '{}', 404],
  ]
  for (const [path, body, status] of cases) {
    now.ahead += 60_001
    const answer = await send({ method: 'POST', path, lines: own(), body })
    expect([path, answer.status]).toEqual([path, status])
    expect(codeOf(answer)).toBeTypeOf('string')
  }
  expect((await send({ method: 'PUT', path: '/api/sign-in', lines: own(), body: '{}' })).status).toBe(404)
})

test('somebody who must wait to be let in gets no session', async () => {
  const answer = await post('/api/join', { code: null, name: 'Bo', proof: { password: 'long enough' } })
  expect(JSON.parse(answer.body)).toEqual({ next: 'waiting' })
  expect(answer.headers.has('set-cookie')).toBe(false)
})

describe('a provider', () => {
  const NAVIGATES = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
  const RETURN = '/api/sign-in/return/github?code=abc&state=def'

  async function begin(): Promise<string> {
    const answer = await post('/api/sign-in/provider', { provider: 'github' })
    expect(JSON.parse(answer.body)).toEqual({ url: 'https://github.example/authorize' })
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(
      /^latchkey_[0-9a-f]{8}_flow=flow-of-this-browser; HttpOnly; SameSite=Lax; Path=\/; Max-Age=600$/,
    )
    return cookie.split(';')[0] ?? ''
  }

  async function come(cookie: string, path = RETURN, more: string[] = []) {
    const answer = await send({ path, lines: [...NAVIGATES, `Cookie: ${cookie}`, ...more] })
    return {
      ...answer,
      to: answer.headers.get('location') ?? '',
      flow: answer.headers.get('set-cookie')?.split(';')[0] ?? '',
    }
  }

  const redeem = (to: string, cookie: string) =>
    post('/session', { token: to.replace('/#token=', '') }, [...own(), `Cookie: ${cookie}`])

  test('sends the browser back, which then opens a session once', async () => {
    const back = await come(await begin())
    expect(back.status).toBe(303)
    expect(back.to).toMatch(/^\/#token=[\w-]{22}$/)
    expect(back.headers.has('latchkey-session')).toBe(false)
    const answer = await redeem(back.to, back.flow)
    expect(answer.status).toBe(204)
    await send({ path: '/api/me', lines: sessionLines(held(answer)) })
    expect(started.callers.at(-1)).toMatchObject({ personId: ANNA, via: 'sign-in' })
    expect((await redeem(back.to, back.flow)).status).toBe(401)
  })

  test('cannot be made to sign another browser in by a link', async () => {
    const back = await come(await begin())
    expect((await redeem(back.to, 'latchkey_00000000_flow=other')).status).toBe(401)
    expect((await post('/session', { token: back.to.replace('/#token=', '') })).status).toBe(401)
    expect((await redeem(`/#token=${back.flow.split('=')[1]}`, '')).status).toBe(401)
    // Only the browser that left opens it.
    expect((await redeem(back.to, back.flow)).status).toBe(204)
  })

  test('is not believed without the state of this browser', async () => {
    await begin()
    for (const cookie of ['', 'latchkey_00000000_flow=flow-of-this-browser', 'flow-of-this-browser']) {
      const back = await come(cookie)
      expect([back.status, back.to]).toEqual([303, '/sign-in#problem=session_missing'])
    }
  })

  test('never sends the browser to another site', async () => {
    const cookie = await begin()
    const paths = [
      `${RETURN}&redirect=https://evil.example&next=//evil.example`,
      '/api/sign-in/return/https:%2f%2fevil.example',
      '/api/sign-in/return//evil.example',
      '/api/sign-in/return/EVIL',
      '/api/sign-in/return/a.b',
      '/api/sign-in/return/',
    ]
    for (const path of paths) {
      const back = await come(cookie, path, ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example'])
      expect([path, back.status]).toEqual([path, back.to === '' ? 400 : 303])
      expect(back.to).toMatch(/^(?:\/#token=[\w-]+|\/sign-in#problem=[\w]+)?$/)
    }
    expect((await come(cookie, RETURN, ['Host: evil.example'])).status).toBe(403)
  })

  test('says that somebody must wait, and gives no token', async () => {
    started.signIn.answerOfProvider = 'waiting'
    const back = await come(await begin())
    expect(back.to).toBe('/sign-in#problem=sign_in_pending')
    expect(back.flow).toMatch(/_flow=$/)
  })

  test('that breaks something here leaves no trace of its answer in the log or the page', async () => {
    const back = await come(await begin(), '/api/sign-in/return/github?code=secret-code&fail=1')
    expect(back.to).toBe('/sign-in#problem=internal')
    expect(log.join()).toContain('the provider is broken')
    expect(log.join()).not.toContain('secret-code')
  })

  test('returns by a navigation only', async () => {
    const cookie = await begin()
    for (const lines of [
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'],
    ])
      expect((await send({ path: RETURN, lines: [...lines, `Cookie: ${cookie}`] })).status).toBe(403)
    const posted = await send({ method: 'POST', path: RETURN, lines: [...NAVIGATES, `Cookie: ${cookie}`], body: 'a=b' })
    expect(posted.status).toBe(403)
  })
})

describe('what a session has open', () => {
  const endless = () =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from(': hello\n\n')) }))

  async function follow(path: string, lines: string[]) {
    const connection = await openRaw(started.server.port)
    connection.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${started.server.port}\r\n${lines.join('\r\n')}\r\n\r\n`)
    let text = ''
    connection.socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
    await until(() => text.includes('hello'), 'the stream')
    return connection
  }

  test.each(['/api/events', '/api/export/exchanges', '/api/export/usage'])(
    'ends within a second of the pause: %s',
    async (path) => {
      await started.server.close()
      started = await startConsoleServer({ handler: async () => endless() })
      const anna = await follow(path, sessionLines(held(await enter())))
      const owner = await follow(path, sessionLines(await signInAt(started.link())))
      const began = performance.now()
      started.persons.set(ANNA, { role: 'member', isActive: false })
      started.sessions.look()
      await anna.readToEnd()
      expect(performance.now() - began).toBeLessThan(1000)
      expect(owner.socket.destroyed).toBe(false)
      owner.close()
    },
  )

  test('ends with the session, and so does what had not begun to answer', async () => {
    await started.server.close()
    const handling = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    started = await startConsoleServer({
      async handler() {
        begun.resolve()
        await handling.promise
        return Response.json({ secret: 'late' })
      },
    })
    const session = held(await enter())
    const reading = send({ path: '/api/keys', lines: sessionLines(session) })
    await begun.promise
    await started.sessions.endAll(ANNA)
    handling.resolve()
    const answer = await reading
    expect([answer.status, answer.body.includes('late')]).toEqual([401, false])
  })

  test('the request that ends its own session still gets its answer', async () => {
    await started.server.close()
    started = await startConsoleServer({
      async handler(_, caller) {
        await started.sessions.end(caller?.sessionId ?? '', ANNA)
        return Response.json({ done: true })
      },
    })
    const session = held(await enter())
    const answer = await post('/api/me/sign-out', {}, [...own(), ...sessionLines(session)])
    expect(JSON.parse(answer.body)).toEqual({ done: true })
    expect((await send({ path: '/api/me', lines: sessionLines(session) })).status).toBe(401)
  })

  test('is 64 answers at most', async () => {
    await started.server.close()
    started = await startConsoleServer({
      handler: async ({ url }) => (url.endsWith('/api/events') ? endless() : new Response(REACHED)),
    })
    const lines = sessionLines(held(await enter()))
    const open = await Promise.all(Array.from({ length: 64 }, () => follow('/api/events', lines)))
    expect((await send({ path: '/api/state', lines })).status).toBe(429)
    for (const connection of open) connection.close()
    await expect.poll(async () => (await send({ path: '/api/state', lines })).body).toBe(REACHED)
  })
})
