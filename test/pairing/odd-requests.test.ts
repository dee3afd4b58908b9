import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'
import { CodeApp, load } from './asking-app.ts'

let gateway: AskedGateway

beforeEach(async () => {
  gateway = await startAskedGateway()
})
afterEach(() => gateway.close())

describe('a request that is not what it seems', () => {
  it.each([
    ['client_id', 'client_id=one&client_id=two'],
    ['a name that nobody knows', 'client_id=one&x=1&x=2'],
  ])('has %s twice', async (_, form) => {
    expect((await gateway.program().post('/latchkey/device_authorization', form)).body['error']).toBe('invalid_request')
    expect(gateway.openCount()).toBe(0)
  })

  it('has two addresses to go to', async () => {
    const address = new CodeApp(gateway.url).address()
    address.searchParams.append('redirect_uri', 'http://127.0.0.1:1/')
    expect((await load(address)).status).toBe(400)
    expect(gateway.openCount()).toBe(0)
  })

  it.each(['/latchkey/device_authorization', '/latchkey/token', '/api/v1/auth/keys'])(
    'is too large for %s, announced or not',
    async (path) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      const body = `client_id=${'a'.repeat(9_000)}`
      const announced = await fetch(gateway.url + path, { method: 'POST', headers, body })
      expect(announced.status).toBe(413)
      const chunked = await exchangeRaw(
        gateway.port,
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${'2000\r\n' + 'a'.repeat(0x2000)}\r\n1\r\na\r\n0\r\n\r\n`,
      )
      expect(chunked).toMatch(/^HTTP\/1\.1 413/)
      expect(gateway.openCount()).toBe(0)
    },
  )

  it('drips its body, and is cut', async () => {
    const connection = await openRaw(gateway.port)
    connection.send(
      'POST /latchkey/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n',
    )
    const dripping = setInterval(() => connection.send('a'), 50)
    expect(await connection.readToEnd()).not.toContain('200')
    clearInterval(dripping)
    connection.close()
  })

  it('comes by a proxy, whose client may be anywhere', async () => {
    const proxied = await gateway.program({ 'x-forwarded-for': '203.0.113.9' }).ask()
    expect(proxied.headers.get('latchkey-refusal')).toBe('key_missing')
    expect(gateway.openCount()).toBe(0)
  })

  it('has a rebound name, or one that only other computers use', async () => {
    const post = (host: string) =>
      exchangeRaw(
        gateway.port,
        `POST /latchkey/device_authorization HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nclient_id=a`,
      )
    expect(await post('evil.example')).toContain('Latchkey-Refusal: host_not_allowed')
    gateway.settings.hosts = new Set(['ollama.home'])
    expect(await post('ollama.home')).toContain('Latchkey-Refusal: key_missing')
    expect(gateway.openCount()).toBe(0)
    expect(await post('localhost')).toContain('200 OK')
  })

  it('is a HEAD, which must not ask', async () => {
    const answer = await fetch(new CodeApp(gateway.url).address(), { method: 'HEAD' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    expect(gateway.openCount()).toBe(0)
  })

  it('comes while Latchkey is paused', async () => {
    gateway.settings.paused = true
    const { status, body } = await gateway.program().ask()
    expect([status, body['error']]).toEqual([409, 'temporarily_unavailable'])
    expect(gateway.openCount()).toBe(0)
  })
})
