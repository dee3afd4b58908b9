import { once } from 'node:events'
import { request as requestTls } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { hostname } from 'node:os'
import { connect } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { heldFrom } from '../support/console-session.ts'
import { ownAddress } from '../support/own-address.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { type StartedApp, startApp } from './started-app.ts'

const OWN_ADDRESS = ownAddress()
const NAME = `${hostname().split('.')[0]?.toLowerCase()}.local`

let started: StartedApp | undefined
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await started?.stop()
  started = undefined
})

const running = () => started as StartedApp
const shared = () => running().app.state().sharedConsole
const portOf = (link: string) => Number(new URL(link).port)
const change = (settings: Partial<Settings>) => running().call('PATCH /api/settings', settings)
const addAnna = () => running().call('POST /api/people', { name: 'Anna' })

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

interface Asked {
  readonly port: number
  readonly path?: string
  readonly method?: string
  /** As in a Host header. */
  readonly host?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: string
}

/** Asks the console at this computer's network address over TLS, and trusts only Latchkey's authority. */
async function askTls({ port, path = '/', method = 'GET', host = `${NAME}:${port}`, headers = {}, body = '' }: Asked) {
  const { pem: ca } = await running().call('GET /api/lan/certificate', {})
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = { ...headers, Host: host }
  const options = { host: OWN_ADDRESS, port, path, method, ca, servername: NAME, agent: false as const, headers: sent }
  requestTls(options, (response) => {
    let text = ''
    response.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: new Headers(
          Object.entries(response.headersDistinct).flatMap(([name, values]) =>
            (values ?? []).map((value): [string, string] => [name, value]),
          ),
        ),
        body: text,
      }),
    )
  })
    .on('error', reject)
    .end(body)
  return promise
}

const tokenOf = (link: string) => JSON.stringify({ token: new URL(link).hash.replace('#token=', '') })

describe.runIf(OWN_ADDRESS !== undefined)('the console for other devices', () => {
  const own = OWN_ADDRESS as string

  async function share(): Promise<number> {
    started = await startApp()
    await addAnna()
    await change({ lan: [own], shareConsole: true })
    await started.app.openConsole({ port: 0, behindProxy: [] })
    return portOf(started.app.consoleLink())
  }

  test('is served over TLS only, and says where', async () => {
    const port = await share()
    expect(shared()).toEqual({ urls: [`https://${NAME}:${port}`, `https://${own}:${port}`], problem: null })
    const page = await askTls({ port })
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<title>Latchkey')])
    expect((await askTls({ port, path: '/api/state' })).status).toBe(401)
    expect(JSON.parse((await askTls({ port, path: '/api/sign-in' })).body)).toMatchObject({ registration: 'invite' })
    const plain = await exchangeRaw(port, `GET / HTTP/1.1\r\nHost: ${own}:${port}\r\n\r\n`, undefined, own)
    expect(plain).toMatch(/^HTTP\/1\.1 426 [\s\S]*https:\/\//)
    expect(plain).not.toContain('<title>')
  })

  test('opens a session whose cookie only TLS and only this host get', async () => {
    const port = await share()
    const headers = {
      'Content-Type': 'application/json',
      Origin: `https://${NAME}:${port}`,
      'Sec-Fetch-Site': 'same-origin',
    }
    const answer = await askTls({
      port,
      method: 'POST',
      path: '/session',
      headers,
      body: tokenOf(running().app.consoleLink()),
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-latchkey_[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Secure$/,
    )
    const { cookie, secret } = heldFrom(answer)
    const session = { Cookie: cookie, [SESSION_HEADER]: secret }
    expect((await askTls({ port, path: '/api/state', headers: session })).status).toBe(200)
    const sessions = JSON.parse((await askTls({ port, path: '/api/me/sessions', headers: session })).body) as object[]
    expect(sessions).toEqual([expect.objectContaining({ method: 'link', address: own, current: true })])
    // A cookie that plain HTTP could have set is not ours.
    const planted = { ...session, Cookie: cookie.replace('__Host-', '') }
    expect((await askTls({ port, path: '/api/state', headers: planted })).status).toBe(401)
    expect(
      (
        await askTls({
          port,
          method: 'POST',
          path: '/api/me/sign-out',
          headers: { ...headers, ...session },
          body: '{}',
        })
      ).status,
    ).toBe(200)
    expect((await askTls({ port, path: '/api/state', headers: session })).status).toBe(401)
  })

  test('refuses every other name, origin and site', async () => {
    const port = await share()
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      NAME,
      `${NAME}:1`,
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      `${NAME}.evil.example:${port}`,
      `a@${NAME}:${port}`,
      `${NAME}.:${port}`,
      `host.docker.internal:${port}`,
      `${NAME}:0${port}`,
    ]
    for (const host of hosts)
      expect([host, [400, 403]]).toEqual([host, expect.arrayContaining([(await askTls({ port, host })).status])])
    expect((await askTls({ port, host: `${own}:${port}` })).status).toBe(200)
    expect((await askTls({ port, host: `${NAME.toUpperCase()}:${port}` })).status).toBe(200)
    const origins = [
      'https://evil.example',
      `http://${NAME}:${port}`,
      `https://${NAME}`,
      `https://${own}:${port}`,
      `https://${NAME}:${running().app.state().gateway.port}`,
      'null',
    ]
    for (const Origin of origins) {
      const answer = await askTls({
        port,
        method: 'POST',
        path: '/session',
        headers: { Origin, 'Content-Type': 'application/json' },
        body: '{}',
      })
      expect([Origin, answer.status]).toEqual([Origin, 403])
    }
    const sameSite = { 'Sec-Fetch-Site': 'same-site', Origin: `https://${NAME}:${port}` }
    expect((await askTls({ port, path: '/api/sign-in', headers: sameSite })).status).toBe(403)
  })

  test('believes nobody who says that they come from elsewhere', async () => {
    const port = await share()
    const headers = {
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      Forwarded: 'for=127.0.0.1;host=evil.example;proto=http',
    }
    const json = { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'Tablet' }
    const body = tokenOf(running().app.consoleLink())
    const answer = await askTls({ port, method: 'POST', path: '/session', headers: json, body })
    const { cookie, secret } = heldFrom(answer)
    const session = { Cookie: cookie, [SESSION_HEADER]: secret }
    const sessions = JSON.parse((await askTls({ port, path: '/api/me/sessions', headers: session })).body) as object[]
    expect(sessions).toEqual([expect.objectContaining({ address: own, device: 'Tablet' })])
  })

  test('closes when it is not shared any more, also for those who are there, and the computer itself keeps it', async () => {
    const port = await share()
    const { pem: ca } = await running().call('GET /api/lan/certificate', {})
    const socket = connect({ host: own, port, ca, servername: NAME })
    await once(socket, 'secureConnect')
    socket.write(`GET / HTTP/1.1\r\nHost: ${NAME}:${port}\r\n\r\n`)
    await once(socket, 'data')
    await change({ shareConsole: false })
    await once(socket, 'close')
    await expect.poll(shared).toEqual({ urls: [], problem: null })
    await expect(askTls({ port })).rejects.toThrow('ECONNREFUSED')
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    await change({ shareConsole: true })
    await expect.poll(async () => (await askTls({ port }).catch(() => undefined))?.status).toBe(200)
  })

  test('is not served without TLS, without a network or without a second person, and says why', async () => {
    started = await startApp()
    await started.app.openConsole({ port: 0, behindProxy: [] })
    const port = portOf(started.app.consoleLink())
    const isClosed = () => expect(openRaw(port, own)).rejects.toThrow('ECONNREFUSED')
    await change({ shareConsole: true })
    await expect.poll(() => shared().problem?.code).toBe('share_needs_network')
    await isClosed()
    await change({ lan: [own] })
    await expect.poll(() => shared().problem?.code).toBe('share_needs_person')
    await isClosed()
    await change({ lanTls: 'off' })
    await addAnna()
    await expect.poll(() => shared().problem?.code).toBe('share_needs_tls')
    await isClosed()
    await change({ lanTls: 'authority' })
    await expect.poll(() => shared().problem).toBe(null)
    await expect.poll(() => shared().urls).toHaveLength(2)
    expect(started.events.filter(({ type }) => type === 'state').length).toBeGreaterThan(0)
    await change({ lanTls: 'off' })
    await expect.poll(() => shared()).toMatchObject({ urls: [], problem: { code: 'share_needs_tls' } })
    await isClosed()
  })

  test('says that its port is taken, and opens when it is free', async () => {
    const taken = createServer()
    taken.listen(0, own)
    await once(taken, 'listening')
    closing.push(() => taken.close())
    const { port } = taken.address() as AddressInfo
    started = await startApp()
    await addAnna()
    await change({ lan: [own], shareConsole: true })
    await started.app.openConsole({ port, behindProxy: [] })
    expect(shared()).toMatchObject({ urls: [], problem: { code: 'share_port_taken', parts: { port: String(port) } } })
    taken.close()
    await once(taken, 'close')
    await change({ retentionDays: 31 })
    await expect.poll(shared).toMatchObject({ problem: null, urls: expect.arrayContaining([`https://${own}:${port}`]) })
  })

  test('opens by itself where the shell does not need it, and closes with sharing', async () => {
    const free = createServer()
    free.listen(0, own)
    await once(free, 'listening')
    const { port: consolePort } = free.address() as AddressInfo
    free.close()
    started = await startApp({ settings: JSON.stringify({ consolePort }) })
    await started.app.openConsole(null)
    await expect(openRaw(consolePort)).rejects.toThrow('ECONNREFUSED')
    expect(() => running().app.consoleLink()).toThrow('not open in browsers')
    await addAnna()
    await change({ lan: [own], shareConsole: true })
    await expect.poll(async () => (await askTls({ port: consolePort }).catch(() => undefined))?.status).toBe(200)
    await change({ shareConsole: false })
    await expect
      .poll(() =>
        openRaw(consolePort).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed')
  })

  test('lets one device hold 64 connections at most', async () => {
    const port = await share()
    const { pem: ca } = await running().call('GET /api/lan/certificate', {})
    const open = async () => {
      const socket = connect({ host: own, port, ca, servername: NAME })
      closing.push(() => socket.destroy())
      await once(socket, 'secureConnect')
      socket.on('error', () => undefined)
      socket.write(`GET / HTTP/1.1\r\nHost: ${NAME}:${port}\r\n`)
      return socket
    }
    const sockets = await Promise.all(Array.from({ length: 64 }, open))
    const closed = await open()
    if (!closed.closed) await once(closed, 'close')
    expect(sockets.filter((socket) => socket.closed)).toEqual([])
    sockets[0]?.destroy()
    await expect.poll(async () => (await askTls({ port }).catch(() => undefined))?.status).toBe(200)
  })

  test('ends connections that say nothing, or half of a head', async () => {
    const port = await share()
    const { pem: ca } = await running().call('GET /api/lan/certificate', {})
    const quiet = connect({ host: own, port, ca, servername: NAME })
    const half = connect({ host: own, port, ca, servername: NAME })
    await Promise.all([once(quiet, 'secureConnect'), once(half, 'secureConnect')])
    half.write(`GET / HTTP/1.1\r\nHost: ${NAME}:${port}\r\n`)
    const began = performance.now()
    quiet.resume()
    half.resume()
    await Promise.all([once(quiet, 'close'), once(half, 'close')])
    expect(performance.now() - began).toBeLessThan(13_000)
  })
})
