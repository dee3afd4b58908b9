import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'
import { CodeApp, load } from './asking-app.ts'

let gateway: AskedGateway

beforeEach(async () => {
  gateway = await startAskedGateway()
})
afterEach(() => gateway.close())

describe('the page of the code grant', () => {
  it('cannot be framed, scripted or kept, and has no secret in it', async () => {
    const { status, headers, text } = await load(new CodeApp(gateway.url).address())
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/) as unknown,
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(text).toContain(gateway.onlyRequest().code)
    expect(text).not.toMatch(/<script|<form|<button|<a /)
  })

  it.each([
    ['in a frame', { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }],
    ['from another site', { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }],
    ['as an image', { 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-site' }],
    ['by a script', { 'sec-fetch-mode': 'cors' }],
    ['by a script of an old browser', { origin: 'https://evil.example' }],
    ['in advance', { 'sec-purpose': 'prefetch;prerender' }],
  ])('asks nobody when it is loaded %s', async (_, headers) => {
    const { status, headers: answered } = await load(new CodeApp(gateway.url).address(), headers)
    expect([status, answered['latchkey-refusal']]).toEqual([403, 'pairing_origin'])
    expect(gateway.openCount()).toBe(0)
  })

  it('of an extension may be opened from another site, because only the extension gets the answer', async () => {
    const origin = `chrome-extension://${'a'.repeat(32)}`
    const asking = new CodeApp(gateway.url, { redirectUri: `https://${'a'.repeat(32)}.chromiumapp.org/` })
    const another = { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await load(asking.address(), another)).status).toBe(200)
    expect(gateway.onlyRequest().asker.origin).toBe(origin)
    gateway.approveOnly()
    const thief = { origin: 'https://evil.example' }
    expect((await asking.fetchKey(await asking.code(), {}, thief)).body['error']).toBe('invalid_grant')
    expect(await gateway.access.keys.list()).toEqual([])
  })

  it.each([
    'https://evil.example/',
    'http://evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'http://user@127.0.0.1/',
    'http://127.0.0.1/#part',
    'http://0.0.0.0:80/',
    'http://192.168.1.5/',
    'https://127.0.0.1/',
    `http://${'a'.repeat(32)}.chromiumapp.org/`,
    `https://${'a'.repeat(31)}.chromiumapp.org/`,
    `https://${'a'.repeat(32)}.chromiumapp.org.evil.example/`,
    `https://evil.example/.${'a'.repeat(32)}.chromiumapp.org/`,
    `https://${'a'.repeat(32)}.chromiumapp.org:8443/`,
    'javascript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    '//evil.example/',
    '',
  ])('sends nobody to %s', async (redirectUri) => {
    const { status, headers } = await load(new CodeApp(gateway.url, { redirectUri }).address())
    expect([status, headers.location]).toEqual([400, undefined])
    expect(gateway.openCount()).toBe(0)
  })

  it('says in the standard’s words what is wrong with a request', async () => {
    const errorOf = async (more: Record<string, string>) => {
      const { headers } = await load(new CodeApp(gateway.url).address(more))
      const { searchParams } = new URL(headers.location ?? 'nowhere:')
      return [searchParams.get('error'), searchParams.get('state')]
    }
    expect(await errorOf({ response_type: 'token' })).toEqual(['unsupported_response_type', 'its state'])
    expect(await errorOf({ code_challenge_method: 'plain' })).toEqual(['invalid_request', 'its state'])
    expect(await errorOf({ code_challenge: 'short' })).toEqual(['invalid_request', 'its state'])
    expect(gateway.openCount()).toBe(0)
  })

  it('asks once, however often it is loaded, and gives one code', async () => {
    const asking = new CodeApp(gateway.url)
    await Promise.all(Array.from({ length: 10 }, () => load(asking.address())))
    gateway.approveOnly()
    expect(await asking.code()).toMatch(/^[\w-]{43}$/)
    expect((await load(asking.address())).status).toBe(400)
    expect(gateway.openCount()).toBe(0)
  })
})
