import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConsoleServer } from '../../src-main/console-server/console-server.ts'
import type { Sessions } from '../../src-main/people/sessions/sessions.ts'
import { REACHED, startConsoleServer } from '../support/console-server.ts'
import { type HeldSession, sessionLines, signInAt } from '../support/console-session.ts'
import { exchangeRaw, openRaw, type RawResponse } from '../support/raw-http.ts'

// The handler behind the guards only says that it was reached: what it does is tested where it is built.
let server: ConsoleServer
let sessions: Sessions
let session: HeldSession
let other: HeldSession

beforeAll(async () => {
  const started = await startConsoleServer()
  ;({ server, sessions } = started)
  session = await signInAt(started.link())
  other = await signInAt(started.link())
})
afterAll(() => server.close())

interface Sent {
  method?: string
  path?: string
  /** Header lines as sent; Host is added unless one is among them. */
  lines?: readonly string[]
  body?: string
}

async function send({ method = 'GET', path = '/api/keys', lines = [], body = '' }: Sent): Promise<RawResponse> {
  const hasHost = lines.some((line) => line.toLowerCase().startsWith('host:'))
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...(hasHost ? [] : [`Host: 127.0.0.1:${server.port}`]),
    ...lines,
    ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
    'Connection: close',
  ]
  const connection = await openRaw(server.port)
  connection.send(`${head.join('\r\n')}\r\n\r\n${body}`)
  const response = await connection.readResponse(method)
  connection.close()
  return response
}

function codeOf(response: RawResponse): unknown {
  return (JSON.parse(response.body) as { error: { code: string } }).error.code
}

const withSession = (...lines: string[]) => [...sessionLines(session), ...lines]

describe('with a session', () => {
  test('the console answers its own pages, and programs that send no Origin', async () => {
    expect((await send({ lines: withSession() })).body).toBe(REACHED)
    const own = [`Origin: http://127.0.0.1:${server.port}`, 'Sec-Fetch-Site: same-origin']
    expect((await send({ method: 'POST', lines: withSession(...own), body: '{}' })).body).toBe(REACHED)
    expect((await send({ lines: withSession(`Host: localhost:${server.port}`) })).body).toBe(REACHED)
  })

  test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example', 'a@127.0.0.1', ''])(
    'a page that rebinds its name to this computer is refused by the Host %j',
    async (host) => {
      const named = host.startsWith('127') || host === '' || host.includes('@') ? host : `${host}:${server.port}`
      const response = await send({ lines: withSession(`Host: ${named}`) })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.body).not.toContain(REACHED)
    },
  )

  test('a second Host line is refused', async () => {
    const own = `Host: 127.0.0.1:${server.port}`
    const text = await exchangeRaw(
      server.port,
      `GET /api/keys HTTP/1.1\r\n${own}\r\nHost: evil.example\r\n${withSession().join('\r\n')}\r\nConnection: close\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 40[03]/)
    expect(text).not.toContain(REACHED)
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:3000', 'http://localhost', 'chrome-extension://abc'])(
    'a request that another origin (%s) sends with the whole session is refused',
    async (origin) => {
      const response = await send({ method: 'POST', lines: withSession(`Origin: ${origin}`), body: '{}' })
      expect(response.status).toBe(403)
      expect(codeOf(response)).toBe('origin_not_allowed')
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    },
  )

  test.each(['cross-site', 'same-site'])('a %s request without Origin is refused', async (site) => {
    const response = await send({ lines: withSession(`Sec-Fetch-Site: ${site}`) })
    expect(response.status).toBe(403)
    expect(codeOf(response)).toBe('site_not_allowed')
  })

  test('a link from another site may open the page, not the API, and not in a frame', async () => {
    const navigate = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']
    expect((await send({ path: '/', lines: [...navigate, 'Sec-Fetch-Dest: document'] })).body).toBe(REACHED)
    expect((await send({ path: '/', lines: [...navigate, 'Sec-Fetch-Dest: iframe'] })).status).toBe(403)
    expect((await send({ lines: withSession(...navigate, 'Sec-Fetch-Dest: document') })).status).toBe(403)
  })

  test.each(['Authorization: Bearer sk-lk-anything', 'x-api-key: sk-lk-anything'])(
    'a gateway key on the console (%s) is refused',
    async (line) => {
      const response = await send({ lines: withSession(line) })
      expect(response.status).toBe(401)
      expect(codeOf(response)).toBe('key_on_console')
    },
  )
})

// Browsers send the cookie to every port of 127.0.0.1, and scripts of the console's own origin can read the secret.
describe('with a part of a session', () => {
  const API = [
    '/api/state',
    '/api/keys',
    '/api/events',
    '/api/export/usage?period=day',
    '/api/export/exchanges',
    '/api/setup',
  ]
  const parts: [string, () => string[]][] = [
    ['the cookie alone', () => [`Cookie: ${session.cookie}`]],
    ['the secret alone', () => [`Latchkey-Session: ${session.secret}`]],
    ['an empty secret', () => sessionLines({ ...session, secret: '' })],
    ['a wrong secret', () => sessionLines({ ...session, secret: `${session.secret.slice(1)}x` })],
    ['the cookie as the secret', () => sessionLines({ ...session, secret: session.cookie.split('=')[1] ?? '' })],
    ['the secret of another session', () => sessionLines({ ...session, secret: other.secret })],
    ['two secrets', () => [...sessionLines(session), `Latchkey-Session: ${session.secret}`]],
    ['the secret in the cookie', () => [`Cookie: ${session.cookie}; Latchkey-Session=${session.secret}`]],
  ]
  const SITES = [[], ['Sec-Fetch-Site: same-origin'], ['Sec-Fetch-Site: none']]

  test.each(parts)('%s opens nothing, whoever sends it', async (_, lines) => {
    for (const site of SITES) {
      for (const path of API) {
        const answer = await send({ path, lines: [...lines(), ...site] })
        expect([path, answer.status, codeOf(answer)]).toEqual([path, 401, 'session_missing'])
      }
      const made = await send({
        method: 'POST',
        lines: [...lines(), ...site, 'Content-Type: application/json'],
        body: '{}',
      })
      expect([made.status, codeOf(made)]).toEqual([401, 'session_missing'])
    }
  })

  test('the secret in the address opens nothing', async () => {
    for (const query of [
      `Latchkey-Session=${session.secret}`,
      `latchkey-session=${session.secret}`,
      `secret=${session.secret}`,
    ])
      expect((await send({ path: `/api/keys?${query}`, lines: [`Cookie: ${session.cookie}`] })).status).toBe(401)
  })

  test('a cookie that another port has put beside ours, before or after it, takes nothing away and gives nothing', async () => {
    const [name] = session.cookie.split('=')
    for (const cookies of [`${name}=planted; ${session.cookie}`, `${session.cookie}; ${name}=planted`])
      expect((await send({ lines: sessionLines({ ...session, cookie: cookies }) })).body).toBe(REACHED)
    expect((await send({ lines: sessionLines({ ...session, cookie: `${name}=planted` }) })).status).toBe(401)
  })
})

describe('without a session', () => {
  test.each(['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS'])('%s on the API is 401 with a sentence', async (method) => {
    const response = await send({ method })
    expect(response.status).toBe(401)
    expect(codeOf(response)).toBe('session_missing')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test("the renderer's files are there for everyone, to read only", async () => {
    expect((await send({ path: '/' })).body).toBe(REACHED)
    expect((await send({ path: '/assets/index-abc12345.js' })).body).toBe(REACHED)
    expect((await send({ path: '/', method: 'POST', body: '{}' })).status).toBe(401)
  })

  test.each([
    '/%61pi/keys',
    '/api%2fkeys',
    '//api/keys',
    '/x/../api/keys',
    '/./api/keys',
    '/x/%2e%2e/api/keys',
    '/api\\keys',
    '/api;x/keys',
    'http://127.0.0.1/api/keys',
    '*',
  ])('no spelling of a path goes around the session: %s', async (path) => {
    const response = await send({ path })
    expect([400, 401]).toContain(response.status)
    expect(response.body).not.toContain(REACHED)
  })
})

describe('POST /session', () => {
  const own = () => [`Origin: http://127.0.0.1:${server.port}`, 'Content-Type: application/json']

  test('a token is traded for a cookie and a secret once, and both together open the API', async () => {
    const body = JSON.stringify({ token: sessions.issueToken() })
    const first = await send({ method: 'POST', path: '/session', lines: own(), body })
    expect(first.status).toBe(204)
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
    const secret = first.headers.get('latchkey-session') ?? ''
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect((await send({ lines: sessionLines({ cookie, secret }) })).body).toBe(REACHED)
    const second = await send({ method: 'POST', path: '/session', lines: own(), body })
    expect(second.status).toBe(401)
    expect(second.headers.has('set-cookie')).toBe(false)
    expect(second.headers.has('latchkey-session')).toBe(false)
  })

  test('another site cannot spend a token', async () => {
    const body = JSON.stringify({ token: sessions.issueToken() })
    const lines = ['Origin: https://evil.example', 'Content-Type: text/plain']
    expect((await send({ method: 'POST', path: '/session', lines, body })).status).toBe(403)
    expect((await send({ method: 'POST', path: '/session', lines: own(), body })).status).toBe(204)
  })

  test.each(['', '{', '[]', '{"token":1}', JSON.stringify({ token: 'x'.repeat(2_000) })])(
    'a body that is no token (%.20s) is 401',
    async (body) => {
      const lines = body === '' ? [...own(), 'Content-Length: 0'] : own()
      expect((await send({ method: 'POST', path: '/session', lines, body })).status).toBe(401)
    },
  )

  test('GET is no way in', async () => {
    expect((await send({ path: `/session?token=${sessions.issueToken()}` })).status).toBe(401)
  })
})

test('a connection that sends half a head is ended, and others are answered meanwhile', async () => {
  const slow = await openRaw(server.port)
  slow.send('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n')
  expect((await send({ path: '/' })).body).toBe(REACHED)
  expect(await slow.readToEnd()).toMatch(/^(?:HTTP\/1\.1 408|$)/)
})

test('a taken port is said, and no other is taken instead', async () => {
  await expect(startConsoleServer({ port: server.port })).rejects.toThrow(`The console's port ${server.port} is taken`)
})

test('closing ends event streams', async () => {
  const stream = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from(': hello\n\n')) })
  const { server: closing } = await startConsoleServer({ sessions, handler: async () => new Response(stream) })
  const connection = await openRaw(closing.port)
  connection.send(
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${closing.port}\r\n${withSession().join('\r\n')}\r\n\r\n`,
  )
  await closing.close()
  await connection.readToEnd()
})
