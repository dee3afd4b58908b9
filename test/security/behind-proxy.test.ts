import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { createServer, request as requestTls, type Server } from 'node:https'
import { type AddressInfo, connect, createServer as createPlainServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import { type StartedApp, startApp } from '../console/started-app.ts'
import { makeCertificate } from '../support/certificates.ts'
import { ask, codeOf, type Sent } from '../support/console-server.ts'
import { heldFrom, sessionLines } from '../support/console-session.ts'
import { otherDeviceAddress } from '../support/other-device.ts'
import { ownAddress } from '../support/own-address.ts'
import { exchangeRaw } from '../support/raw-http.ts'

const NAME = 'latchkey.example'
const OUTSIDE = `https://${NAME}`
const OWN_ADDRESS = ownAddress()
const OTHER_DEVICE = otherDeviceAddress()

let started: StartedApp | undefined
let port: number
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await started?.stop()
  started = undefined
})

async function behind(behindProxy: readonly string[], consoleUrl: string | null = OUTSIDE): Promise<StartedApp> {
  started = await startApp({ settings: JSON.stringify({ consoleUrl }) })
  port = await freePort()
  await started.app.openConsole({ port, behindProxy })
  return started
}

async function freePort(): Promise<number> {
  const server = createPlainServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const found = (server.address() as AddressInfo).port
  await new Promise((resolve) => server.close(resolve))
  return found
}

/** The headers that a proxy sets. */
const said = (address = '203.0.113.9', scheme = 'https', host = NAME) => [
  `X-Forwarded-For: ${address}`,
  `X-Forwarded-Proto: ${scheme}`,
  `X-Forwarded-Host: ${host}`,
]
const send = (sent: Sent) => ask(port, sent)
const token = (app: StartedApp) => JSON.stringify({ token: new URL(app.app.consoleLink()).hash.replace('#token=', '') })

/** Opens a session by the owner's link, and resolves to its header lines. */
async function enter(app: StartedApp, lines: readonly string[]): Promise<string[]> {
  const json = ['Content-Type: application/json', ...lines]
  const answer = await send({ method: 'POST', path: '/session', lines: json, body: token(app) })
  expect(answer.status).toBe(204)
  return sessionLines(heldFrom({ headers: { get: (name) => answer.headers.get(name.toLowerCase()) ?? null } }))
}

/** The addresses of the open sessions, as the console shows them. */
async function addresses(session: readonly string[], lines: readonly string[]): Promise<unknown[]> {
  const answer = await send({ path: '/api/me/sessions', lines: [...session, ...lines] })
  return (JSON.parse(answer.body) as { address: string }[]).map(({ address }) => address)
}

/** A reverse proxy with TLS, as people configure one: it sets three headers and passes on every other one. */
async function startProxy(): Promise<Server & { readonly ca: string }> {
  const { cert, key } = await makeCertificate({ hosts: [NAME] })
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    const set = {
      'x-forwarded-for': incoming.socket.remoteAddress,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': incoming.headers.host,
    }
    const headers = { ...incoming.headers, ...set }
    const sent = request(
      { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(sent)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return Object.assign(server, { ca: cert })
}

test('people open the console at the proxy’s address, over TLS', async () => {
  const app = await behind(['127.0.0.1'], `${OUTSIDE}/`)
  expect(app.app.state().sharedConsole).toEqual({ urls: [OUTSIDE], problem: null })
  expect(app.app.consoleLink()).toMatch(/^https:\/\/latchkey\.example\/#token=/)
  const proxy = await startProxy()
  const { port: proxyPort } = proxy.address() as AddressInfo
  const visit = async (path: string, method = 'GET', headers: Record<string, string> = {}, body = '') => {
    const options = { host: '127.0.0.1', port: proxyPort, servername: NAME, ca: proxy.ca, path, method }
    const sent = requestTls({ ...options, agent: false, headers: { Host: NAME, ...headers } }).end(body)
    const [answer] = (await once(sent, 'response')) as [
      { statusCode: number; headers: IncomingHttpHeaders; resume(): void },
    ]
    answer.resume()
    return answer
  }
  expect((await visit('/')).statusCode).toBe(200)
  const json = { 'Content-Type': 'application/json', Origin: OUTSIDE }
  const opened = await visit('/session', 'POST', json, token(app))
  const [cookie = ''] = opened.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^__Host-latchkey_.*; Secure$/)
  const session = { Cookie: cookie.split(';')[0] ?? '', [SESSION_HEADER]: String(opened.headers['latchkey-session']) }
  expect((await visit('/api/state', 'GET', session)).statusCode).toBe(200)
  expect((await visit('/session', 'POST', { ...json, Origin: 'https://evil.example' }, token(app))).statusCode).toBe(
    403,
  )
  expect((await visit('/', 'GET', { Host: 'evil.example' })).statusCode).toBe(403)
  expect((await visit('/', 'GET', { Forwarded: 'for=127.0.0.1;proto=https;host=latchkey.example' })).statusCode).toBe(
    400,
  )
})

test('a visitor’s address is the one that the proxy saw, whatever the visitor says', async () => {
  const app = await behind(['127.0.0.1', '10.0.0.0/8'])
  const chains: [string, string][] = [
    ['203.0.113.9', '203.0.113.9'],
    ['127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['10.9.9.9, 10.1.2.3', '10.9.9.9'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['unknown, 203.0.113.9', '203.0.113.9'],
  ]
  for (const [chain, address] of chains) {
    const lines = said(chain)
    const session = await enter(app, lines)
    expect([chain, (await addresses(session, lines))[0]]).toEqual([chain, address])
  }
})

test('the standard header counts as well', async () => {
  const app = await behind(['127.0.0.1'])
  const lines = [
    `Forwarded: for="[2001:db8::7]:80";proto=https;host=evil.example, For=203.0.113.9;Proto=HTTPS;Host=${NAME}`,
  ]
  const session = await enter(app, lines)
  expect(await addresses(session, lines)).toEqual(['203.0.113.9'])
})

test.each([
  ['both kinds of headers, one of which is the visitor’s', [...said(), 'Forwarded: for=127.0.0.1']],
  ['no scheme', ['X-Forwarded-For: 203.0.113.9', `X-Forwarded-Host: ${NAME}`]],
  ['no address', ['X-Forwarded-Proto: https', `X-Forwarded-Host: ${NAME}`]],
  ['an address that is none', said('someone')],
  ['an address that is none at the end', said('203.0.113.9, unknown')],
  ['two schemes', [...said(), 'X-Forwarded-Proto: https']],
  ['two schemes in one', said('203.0.113.9', 'https,http')],
  ['two hosts', [...said(), `X-Forwarded-Host: ${NAME}`]],
  ['two hosts in one', said('203.0.113.9', 'https', `${NAME}, evil.example`)],
  ['no TLS outside', said('203.0.113.9', 'http')],
  ['another host', said('203.0.113.9', 'https', 'evil.example')],
  ['this computer as host', said('203.0.113.9', 'https', '127.0.0.1')],
  ['an element with a name twice', [`Forwarded: for=203.0.113.9;for=127.0.0.1;proto=https;host=${NAME}`]],
  ['an unclosed quote', [`Forwarded: for="203.0.113.9;proto=https;host=${NAME}`]],
  ['a hidden visitor', [`Forwarded: for=_hidden;proto=https;host=${NAME}`]],
  ['a long chain', said(Array(21).fill('203.0.113.9').join(', '))],
])('is refused with a sentence: %s', async (_, lines) => {
  await behind(['127.0.0.1'])
  const answer = await send({ path: '/', lines })
  expect([400, 403]).toContain(answer.status)
  expect(codeOf(answer)).toMatch(/^(?:forwarded_wrong|host_not_allowed)$/)
})

test('a request without these headers is this computer’s own, and gets nothing by the outside’s name', async () => {
  const app = await behind(['127.0.0.1'])
  expect((await send({ path: '/' })).status).toBe(200)
  expect((await send({ path: '/', host: NAME })).status).toBe(403)
  // A session of one way is none on the other.
  const outside = await enter(app, said())
  expect((await send({ path: '/api/state', lines: [...outside, ...said()] })).status).toBe(200)
  expect((await send({ path: '/api/state', lines: outside })).status).toBe(401)
})

test('a page that rebinds its name to this computer cannot speak for the proxy', async () => {
  await behind(['127.0.0.1'])
  for (const host of [`evil.example:${port}`, 'evil.example', `${NAME}.evil.example`, 'a@b', ''])
    expect([host, [400, 403]]).toEqual([host, expect.arrayContaining([(await send({ lines: said(), host })).status])])
  // What proxies put there.
  for (const host of [
    NAME,
    `${NAME}:443`,
    `127.0.0.1:${port}`,
    'latchkey',
    'latchkey:11501',
    '[::1]:80',
    'host.docker.internal',
  ])
    expect([host, (await send({ lines: said(), host })).status]).toEqual([host, 200])
})

test('nobody else is believed: not without the flag, and not from another address', async () => {
  const app = await behind([])
  const lines = [...said('203.0.113.9', 'https', NAME), 'Forwarded: for=203.0.113.9;proto=https;host=latchkey.example']
  const session = await enter(app, lines)
  expect(await addresses(session, lines)).toEqual(['127.0.0.1'])
  await app.stop()
  await behind(['10.0.0.1'])
  expect((await send({ path: '/', lines: said(), host: NAME })).status).toBe(403)
})

test('without an https address for others nobody comes in, and the state says what is missing', async () => {
  for (const consoleUrl of [null, `http://${NAME}`]) {
    const app = await behind(['127.0.0.1'], consoleUrl)
    expect(app.app.state().sharedConsole).toMatchObject({ urls: [], problem: { code: 'share_needs_url' } })
    for (const scheme of ['https', 'http'])
      expect((await send({ path: '/', lines: said('203.0.113.9', scheme) })).status).toBe(403)
    expect(new URL(app.app.consoleLink()).hostname).toBe('127.0.0.1')
    await app.call('PATCH /api/settings', { consoleUrl: OUTSIDE })
    expect((await send({ path: '/', lines: said() })).status).toBe(200)
    await app.stop()
    started = undefined
  }
})

test('failed attempts count for the visitor, not for the proxy', async () => {
  const app = await behind(['127.0.0.1'])
  const wrong = (lines: string[]) =>
    send({
      method: 'POST',
      path: '/session',
      lines: ['Content-Type: application/json', ...lines],
      body: '{"token":"x"}',
    })
  for (let attempt = 0; attempt < 10; attempt++) {
    // What a visitor adds in front changes nothing.
    expect((await wrong(said(`198.51.100.${attempt}, 203.0.113.9`))).status).toBe(401)
  }
  expect((await wrong(said())).status).toBe(429)
  await enter(app, said('203.0.113.10'))
  // One device can have 64 bits of addresses.
  for (let attempt = 0; attempt < 10; attempt++) await wrong(said(`2001:db8::${attempt + 1}`))
  expect((await wrong(said('2001:db8::ffff'))).status).toBe(429)
  expect((await wrong(said('2001:db8:0:1::1'))).status).toBe(401)
})

describe.runIf(OWN_ADDRESS !== undefined && OTHER_DEVICE !== undefined)('a proxy on another computer', () => {
  const own = OWN_ADDRESS as string
  const other = OTHER_DEVICE as string

  /** The answer to a connection from an address; empty if it was closed without one. */
  function from(localAddress: string, lines: readonly string[]): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    let text = ''
    const socket = connect({ host: own, port, localAddress }, () =>
      socket.write(`GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`),
    )
    socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
    socket.on('error', () => undefined).on('close', () => resolve(text))
    return promise
  }

  test('reaches the console without TLS, and no other device does', async () => {
    await behind([other])
    expect(await from(other, [`Host: ${NAME}`, ...said()])).toMatch(/^HTTP\/1\.1 200 /)
    expect(await from(own, [`Host: ${NAME}`, ...said()])).toBe('')
    // It must say who asks.
    expect(await from(other, [`Host: ${NAME}`])).toMatch(/^HTTP\/1\.1 400 /)
    expect(await exchangeRaw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 200 /,
    )
  })
})
