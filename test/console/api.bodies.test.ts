import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONSOLE_API, CONSOLE_EXPORTS, consoleErrorSchema } from '#shared/console-api/console-api.ts'
import { TRY_ROUTE } from '#shared/console-api/try-chat.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { sessionLines, signInAt } from '../support/console-session.ts'
import { openRaw, type RawResponse } from '../support/raw-http.ts'
import { type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
let port: number
let session: readonly string[]
let keyId: string

beforeAll(async () => {
  started = await startApp()
  keyId = (await started.call('POST /api/keys', { name: 'Read' })).id
  await started.app.openConsole({ port: 0, behindProxy: [] })
  port = Number(new URL(started.app.consoleLink()).port)
  await enter()
})
afterAll(async () => {
  await started.stop()
})

async function enter(): Promise<void> {
  session = sessionLines(await signInAt(started.app.consoleLink()))
}

const ROUTES = [...Object.keys(CONSOLE_API), `POST ${TRY_ROUTE}`]
const writes = ROUTES.filter((route) => !route.startsWith('GET '))
const reads = [...ROUTES.filter((route) => route.startsWith('GET ')), ...Object.keys(CONSOLE_EXPORTS)]
const JSON_LINE = 'Content-Type: application/json'
const CHUNKED = 'Transfer-Encoding: chunked'

/** Sends the bytes after a head of these lines on a connection of its own, and reads one answer. */
async function send(method: string, path: string, lines: readonly string[], body = ''): Promise<RawResponse> {
  // The request before has ended the session.
  if (path === '/api/me/sign-out') await enter()
  const connection = await openRaw(port)
  const head = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...session, ...lines]
  connection.send(`${head.join('\r\n')}\r\n\r\n${body}`)
  try {
    return await connection.readResponse(method)
  } finally {
    connection.close()
  }
}

function sendTo(route: string, lines: readonly string[], body?: string): Promise<RawResponse> {
  const [method = '', path = ''] = route.split(' ')
  return send(method, path.replace(':id', 'key_none'), lines, body)
}

function chunked(...chunks: string[]): string {
  return [...chunks, ''].map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('')
}

const withLength = (body: string) => `Content-Length: ${Buffer.byteLength(body)}`

function codeOf(response: RawResponse): string {
  return consoleErrorSchema.parse(JSON.parse(response.body)).error.code
}

describe.each(writes)('%s', (route) => {
  test('does the same without a body as with an empty object, however the body is framed', async () => {
    // A restore of nothing, a chat without a model: what is missing is said, and nothing is done twice.
    const expected = await sendTo(route, [JSON_LINE, withLength('{}')], '{}')
    expect(expected.status).toBeLessThan(500)
    const framings: [string[], string][] = [
      [[JSON_LINE], ''],
      [[JSON_LINE, 'Content-Length: 0'], ''],
      [[JSON_LINE, CHUNKED], chunked()],
      [[JSON_LINE, CHUNKED], chunked('{}')],
      [[JSON_LINE, CHUNKED], chunked('{', '}')],
      [[], ''],
    ]
    for (const [lines, body] of framings) {
      const answer = await sendTo(route, lines, body)
      expect([lines, body, answer.status]).toEqual([lines, body, expected.status])
    }
  })

  test('says what is wrong with a body, and never 500', async () => {
    for (const body of ['{', 'null,', '\xff\xfe{}', '{}{}', 'x'.repeat(10)]) {
      const bytes = `Content-Length: ${body.length}`
      for (const [lines, sent] of [
        [[JSON_LINE, bytes], body],
        [[JSON_LINE, CHUNKED], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
      ] as const) {
        const answer = await sendTo(route, lines, sent)
        expect([body, answer.status, codeOf(answer)]).toEqual([body, 400, 'bad_json'])
      }
    }
    for (const body of ['null', '[]', '1', '"text"']) {
      expect([body, (await sendTo(route, [JSON_LINE, withLength(body)], body)).status]).toEqual([body, 400])
    }
  })

  test('takes no other type, and no other charset', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=iso-8859-1',
      'application/json; charset=utf-16',
      '',
    ]
    for (const type of types) {
      const answer = await sendTo(route, [`Content-Type: ${type}`, withLength('{}')], '{}')
      expect([type, answer.status, codeOf(answer)]).toEqual([type, 415, 'json_needed'])
    }
    const answer = await sendTo(route, [withLength('{}')], '{}')
    expect([answer.status, codeOf(answer)]).toEqual([415, 'json_needed'])
  })

  test('refuses what is too large, whether its length is announced or it comes in chunks', async () => {
    const limit = route === 'POST /api/setup' ? 20_000_000 : 1_000_000
    const announced = await sendTo(route, [JSON_LINE, `Content-Length: ${limit + 1}`])
    expect([announced.status, codeOf(announced)]).toEqual([413, 'too_large'])
    const piece = 'x'.repeat(500_000)
    const pieces = Array.from({ length: limit / piece.length + 1 }, () => piece)
    const streamed = await sendTo(route, [JSON_LINE, CHUNKED], chunked(...pieces))
    expect([streamed.status, codeOf(streamed)]).toEqual([413, 'too_large'])
  })
})

/** The valid input of each route, by the beginning of its path. */
const QUERIES = [
  ['/api/usage', '?period=day&by=key'],
  ['/api/export/usage', '?period=day&by=key'],
  ['/api/origins/keys', '?origin=https%3A%2F%2Fchat.example'],
] as const

test.each(reads)('%s is answered whatever body comes along', async (route) => {
  const path = route.replace('GET ', '').replace(':id', route.includes('/people/') ? OWNER_ID : keyId)
  const query = QUERIES.find(([start]) => path.startsWith(start))?.[1] ?? ''
  const without = await send('GET', path + query, [])
  expect(without.status).toBe(200)
  for (const [lines, body] of [
    [[withLength('{}')], '{}'],
    [[CHUNKED], chunked('{"a":', '1}')],
    [['Content-Type: text/plain', withLength('x')], 'x'],
  ] as const) {
    expect([lines, (await send('GET', path + query, lines, body)).status]).toEqual([lines, 200])
  }
})

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT']
const PATHS = [
  '/api',
  '/api/',
  '/api/none',
  '/api/keys/',
  '/api/keys/key_none/none',
  '/api/events',
  '/api/state',
  '/api/export',
  '/',
  '/keys',
  '/none.js',
  '/session',
  '/session/',
]

test.each(METHODS)('%s on any address is answered, and never by 500', async (method) => {
  for (const path of PATHS) {
    if (method === 'GET' && path === '/api/events') continue
    for (const [lines, body] of [
      [[JSON_LINE], ''],
      [[JSON_LINE, withLength('{}')], '{}'],
      [[JSON_LINE, CHUNKED], chunked('{}')],
    ] as const) {
      const answer = await send(method, path, lines, body)
      expect([method, path, lines, answer.status < 500]).toEqual([method, path, lines, true])
    }
  }
  expect((await send('GET', '/api/state', [])).status).toBe(200)
})

test('a body that breaks off, or is no chunk, ends its own connection and nothing else', async () => {
  for (const body of ['ZZ\r\n{}\r\n', '5\r\n{}']) {
    const connection = await openRaw(port)
    const head = ['POST /api/keys HTTP/1.1', `Host: 127.0.0.1:${port}`, ...session, JSON_LINE, CHUNKED]
    connection.send(`${head.join('\r\n')}\r\n\r\n${body}`)
    connection.socket.end()
    expect(await connection.readToEnd()).toMatch(/^(?:HTTP\/1\.1 400|$)/)
  }
  expect((await send('GET', '/api/state', [])).status).toBe(200)
  expect(started.log()).not.toContain('a console request failed')
})

test('the next request on a connection is answered after one whose body was not wanted', async () => {
  const connection = await openRaw(port)
  const line = (method: string, path: string) =>
    [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...session].join('\r\n')
  connection.send(`${line('GET', '/api/state')}\r\nContent-Length: 2\r\n\r\n{}${line('GET', '/api/settings')}\r\n\r\n`)
  expect([(await connection.readResponse()).status, (await connection.readResponse()).status]).toEqual([200, 200])
  connection.close()
})

test('a token that comes in chunks opens a session as any other', async () => {
  const body = JSON.stringify({ token: new URL(started.app.consoleLink()).hash.slice('#token='.length) })
  expect((await send('POST', '/session', [JSON_LINE, CHUNKED], chunked(body.slice(0, 9), body.slice(9)))).status).toBe(
    204,
  )
  expect((await send('POST', '/session', [JSON_LINE])).status).toBe(401)
  expect((await send('POST', '/session', [JSON_LINE, CHUNKED], chunked('x'.repeat(5_000)))).status).toBe(401)
})
