import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PersonError } from '#shared/text/person-error.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'
import { CodeApp, choiceOf, DeviceApp, load, onlyRequest } from './asking-app.ts'

let gateway: TestGateway
/** The clocks of pairing, in milliseconds: one that only runs on, and the one on the wall. */
let monotonic = 1_000
let wall = Date.parse('2026-11-29T12:00:00Z')

beforeEach(async () => {
  monotonic = 1_000
  gateway = await startGateway({
    pairing: { monotonic: () => monotonic, now: () => wall },
    timeouts: { keyless: 400 },
  })
})
afterEach(() => gateway.close())

const app = (headers: Record<string, string> = {}) => new DeviceApp(gateway.url, headers)
const page = (origin: string) => app({ origin })
const approveOnly = () => gateway.pairings.approve({ ...choiceOf(onlyRequest(gateway)), preset: 'models' })
const open = () => gateway.pairings.list().length
const keys = () => gateway.access.keys.list()

describe('another page', () => {
  it('that polls with a stolen device code is told what any wrong code is told, and its owner gets the key', async () => {
    const owner = page('https://chat.example')
    await owner.ask()
    approveOnly()
    const thief = page('https://evil.example')
    const stolen = await thief.poll(owner.deviceCode)
    const wrong = await thief.poll('nobody has this code')
    expect([stolen.status, stolen.body]).toEqual([wrong.status, wrong.body])
    expect(stolen.body['error']).toBe('expired_token')
    const program = await app().poll(owner.deviceCode)
    expect(program.body).toEqual(wrong.body)
    expect((await owner.poll()).body['token_type']).toBe('Bearer')
    expect(await keys()).toMatchObject([{ origins: ['https://chat.example'], scopes: ['chat', 'models'] }])
  })

  it('cannot use the key', async () => {
    const owner = page('https://chat.example')
    await owner.ask()
    approveOnly()
    const secret = String((await owner.poll()).body['access_token'])
    const chat = (origin: string) =>
      fetch(`${gateway.url}/api/chat`, {
        method: 'POST',
        headers: { origin, authorization: `Bearer ${secret}` },
        body: '{"model":"sample-small","stream":false,"messages":[]}',
      })
    expect((await chat('https://chat.example')).status).toBe(200)
    expect((await chat('https://evil.example')).headers.get('latchkey-refusal')).toBe('origin_not_allowed')
  })

  it('that replays a device code after its owner gets nothing, and no second key is made', async () => {
    const owner = page('https://chat.example')
    await owner.ask()
    approveOnly()
    expect((await owner.poll()).status).toBe(200)
    expect((await owner.poll()).body['error']).toBe('expired_token')
    expect(await keys()).toHaveLength(1)
  })

  it('that polls twice at once gets one key', async () => {
    const owner = page('https://chat.example')
    await owner.ask()
    approveOnly()
    const replies = await Promise.all(Array.from({ length: 20 }, () => owner.poll()))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await keys()).toHaveLength(1)
  })

  it.each([
    ['a sandboxed frame', { origin: 'null' }],
    ['a form of another site, from a browser that names no origin', { 'sec-fetch-site': 'cross-site' }],
    ['a page on another port, without a name', { 'sec-fetch-site': 'same-site' }],
  ])('without a name may not ask: %s', async (_, headers) => {
    const { status, body, headers: answered } = await app(headers).ask()
    expect([status, answered.get('latchkey-refusal'), body['error']]).toEqual([403, 'pairing_origin', 'access_denied'])
    expect(open()).toBe(0)
    expect(await gateway.record()).toMatchObject({ outcome: 'refused', reason: 'pairing_origin', keyId: null })
  })

  it('cannot ask by a request that needs no preflight and has no form’s type', async () => {
    const headers = { origin: 'https://evil.example', 'Content-Type': 'text/plain' }
    expect((await app(headers).ask()).body['error']).toBe('invalid_request')
    expect(open()).toBe(0)
  })

  it('raises no more than a question under its own name', async () => {
    await page('https://evil.example').ask({ client_name: 'Page Assist' })
    expect(onlyRequest(gateway)).toMatchObject({
      name: 'Page Assist (evil.example)',
      asker: { origin: 'https://evil.example', originName: null, claim: 'Page Assist' },
    })
  })

  it('that is blocked cannot ask, and a request of a site ends when it is blocked', async () => {
    const site = page('https://evil.example')
    await site.ask()
    await gateway.access.origins.decide('https://evil.example', 'blocked')
    gateway.pairings.block('https://evil.example')
    expect(open()).toBe(0)
    const polled = fetch(`${gateway.url}/latchkey/token`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    })
    expect((await polled).headers.get('access-control-allow-origin')).toBeNull()
    expect((await polled).headers.get('latchkey-refusal')).toBe('origin_blocked')
  })
})

describe('a flood', () => {
  it('by one site is one question, and after five requests in two minutes none', async () => {
    const site = page('https://evil.example')
    for (let time = 0; time < 5; time++) expect((await site.ask()).status).toBe(200)
    expect(open()).toBe(1)
    const refused = await site.ask()
    expect([refused.status, refused.body['error'], refused.headers.get('retry-after')]).toEqual([
      429,
      'temporarily_unavailable',
      '120',
    ])
    monotonic += 121_000
    expect((await site.ask()).status).toBe(200)
  })

  it('by many sites leaves five questions, and room when one is answered', async () => {
    const ask = (at: number) => page(`https://${at}.evil.example`).ask()
    for (let at = 0; at < 5; at++) expect((await ask(at)).status).toBe(200)
    expect((await ask(5)).headers.get('latchkey-refusal')).toBe('pairing_busy')
    expect(open()).toBe(5)
    const [first] = gateway.pairings.list()
    if (first !== undefined) gateway.pairings.decline(choiceOf(first))
    expect((await ask(6)).status).toBe(200)
    expect(open()).toBe(5)
  })

  it('that is refused for want of room uses up nobody’s turn', async () => {
    const ask = (at: number) => page(`https://${at}.evil.example`).ask()
    for (let at = 0; at < 40; at++) await ask(at)
    expect(open()).toBe(5)
    for (const request of gateway.pairings.list()) gateway.pairings.decline(choiceOf(request))
    expect((await page('https://chat.example').ask()).status).toBe(200)
  })

  it('by sites that are each declined ends after twenty requests in two minutes', async () => {
    const statuses: number[] = []
    for (let at = 0; at < 21; at++) {
      statuses.push((await page(`https://${at}.evil.example`).ask()).status)
      for (const request of gateway.pairings.list()) gateway.pairings.decline(choiceOf(request))
    }
    expect(statuses).toEqual([...Array<number>(20).fill(200), 429])
  })

  it('of guesses neither finds nor disturbs a request', async () => {
    const owner = page('https://chat.example')
    await owner.ask()
    const replies = await Promise.all(Array.from({ length: 300 }, (_, at) => owner.poll(`guess ${at}`)))
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(gateway.records).toEqual([])
    approveOnly()
    expect((await owner.poll()).status).toBe(200)
  })

  it('of polls is told to slow down, more each time', async () => {
    const owner = app()
    await owner.ask()
    monotonic += 2_000
    expect((await owner.poll()).body['error']).toBe('authorization_pending')
    monotonic += 1_000
    expect((await owner.poll()).body).toEqual({ error: 'slow_down', error_description: 'Ask only every 7 seconds.' })
  })
})

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
    expect(text).toContain(onlyRequest(gateway).code)
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
    expect(open()).toBe(0)
  })

  it('of an extension may be opened from another site, because only the extension gets the answer', async () => {
    const origin = `chrome-extension://${'a'.repeat(32)}`
    const asking = new CodeApp(gateway.url, { redirectUri: `https://${'a'.repeat(32)}.chromiumapp.org/` })
    const another = { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await load(asking.address(), another)).status).toBe(200)
    expect(onlyRequest(gateway).asker.origin).toBe(origin)
    approveOnly()
    const thief = { origin: 'https://evil.example' }
    expect((await asking.fetchKey(await asking.code(), {}, thief)).body['error']).toBe('invalid_grant')
    expect(await keys()).toEqual([])
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
    expect(open()).toBe(0)
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
    expect(open()).toBe(0)
  })

  it('asks once, however often it is loaded, and gives one code', async () => {
    const asking = new CodeApp(gateway.url)
    await Promise.all(Array.from({ length: 10 }, () => load(asking.address())))
    approveOnly()
    expect(await asking.code()).toMatch(/^[\w-]{43}$/)
    expect((await load(asking.address())).status).toBe(400)
    expect(open()).toBe(0)
  })
})

describe('a code', () => {
  async function approvedCode(redirectUri?: string): Promise<{ asking: CodeApp; code: string }> {
    const asking = new CodeApp(gateway.url, redirectUri === undefined ? {} : { redirectUri })
    await load(asking.address())
    approveOnly()
    return { asking, code: await asking.code() }
  }

  it('with another app’s verifier is refused and spent, and the other app gets its key', async () => {
    const one = await approvedCode('http://127.0.0.1:4001/')
    const other = await approvedCode('http://127.0.0.1:4002/')
    const mixed = await one.asking.fetchKey(one.code, { code_verifier: other.asking.verifier })
    expect(mixed.body['error']).toBe('invalid_grant')
    expect((await one.asking.fetchKey(one.code)).body).toEqual(mixed.body)
    expect((await other.asking.fetchKey(other.code)).status).toBe(200)
    expect(await keys()).toHaveLength(1)
  })

  it.each([
    ['address', { redirect_uri: 'http://127.0.0.1:4001/elsewhere' }, {}],
    ['client', { client_id: 'another app' }, {}],
    ['site', {}, { origin: 'https://evil.example' }],
  ])('from another %s is refused', async (_, form, headers) => {
    const { asking, code } = await approvedCode()
    expect((await asking.fetchKey(code, form, headers)).body['error']).toBe('invalid_grant')
    expect(await keys()).toEqual([])
    expect(gateway.pairingChanges.at(-1)?.outcome).toBe('abandoned')
  })

  it('that is used twice gives one key', async () => {
    const { asking, code } = await approvedCode()
    const replies = await Promise.all([asking.fetchKey(code), asking.fetchKey(code)])
    expect(replies.map(({ status }) => status).sort((one, other) => one - other)).toEqual([200, 400])
    expect(await keys()).toHaveLength(1)
  })

  it('is worth nothing after a minute, and leaves no key', async () => {
    const { asking, code } = await approvedCode()
    monotonic += 60_001
    expect((await asking.fetchKey(code)).body['error']).toBe('invalid_grant')
    expect(await keys()).toEqual([])
    expect(gateway.pairingChanges.at(-1)?.outcome).toBe('abandoned')
  })

  it('of an extension works only in that extension, and so does its key', async () => {
    const id = 'abcdefghijklmnopabcdefghijklmnop'
    const { asking, code } = await approvedCode(`https://${id}.chromiumapp.org/back`)
    expect((await asking.fetchKey(code, {}, { origin: `chrome-extension://${id}` })).status).toBe(200)
    expect(await keys()).toMatchObject([{ origins: [`chrome-extension://${id}`] }])
    const another = await approvedCode(`https://${id}.chromiumapp.org/`)
    expect((await another.asking.fetchKey(another.code)).body['error']).toBe('invalid_grant')
  })
})

describe('a person who says no', () => {
  it('and one who says nothing look alike to the app, from the first poll to the last', async () => {
    const story = async (asking: DeviceApp, answer: () => void) => {
      const told: unknown[] = []
      const look = async () => {
        const { status, body } = await asking.poll()
        told.push([status, body])
      }
      expect((await asking.ask()).status).toBe(200)
      answer()
      monotonic += 5_000
      await look()
      const again = new DeviceApp(gateway.url, { origin: 'https://evil.example' })
      told.push(Object.keys((await again.ask()).body), (await again.poll()).body['error'])
      await look()
      monotonic += 120_000
      await look()
      monotonic += 120_000
      return told
    }
    const declined = await story(page('https://evil.example'), () =>
      gateway.pairings.decline(choiceOf(onlyRequest(gateway))),
    )
    const ignored = await story(page('https://evil.example'), () => undefined)
    expect(declined).toEqual(ignored)
  })

  it('is not asked again by the same site for two minutes', async () => {
    const site = page('https://evil.example')
    await site.ask()
    gateway.pairings.decline(choiceOf(onlyRequest(gateway)))
    await site.ask()
    expect(open()).toBe(0)
    monotonic += 120_001
    await site.ask()
    expect(open()).toBe(1)
  })

  it('sends a page back with access_denied when its time is over', async () => {
    const asking = new CodeApp(gateway.url)
    await load(asking.address())
    gateway.pairings.decline(choiceOf(onlyRequest(gateway)))
    expect((await load(asking.address())).status).toBe(200)
    monotonic += 120_001
    const { headers } = await load(asking.address())
    expect(headers.location).toMatch(/^http:\/\/127\.0\.0\.1:4321\/back\?error=access_denied&state=its\+state&iss=/)
    expect((await load(asking.address())).status).toBe(400)
    expect(open()).toBe(0)
  })
})

describe('time', () => {
  it('is not what the clock on the wall says', async () => {
    const owner = app()
    await owner.ask()
    const { endsAt, askedAt } = onlyRequest(gateway)
    expect(endsAt - askedAt).toBe(120_000)
    wall += 365 * 86_400_000
    expect(open()).toBe(1)
    expect(onlyRequest(gateway).endsAt - wall).toBe(120_000)
    wall -= 730 * 86_400_000
    monotonic += 120_001
    expect(open()).toBe(0)
    expect((await owner.poll()).body['error']).toBe('expired_token')
    expect(gateway.pairingChanges.at(-1)?.outcome).toBe('expired')
  })

  it('of an approved app ends after a minute, and no key is made', async () => {
    const owner = app()
    await owner.ask()
    approveOnly()
    monotonic += 60_001
    expect((await owner.poll()).body['error']).toBe('expired_token')
    expect(await keys()).toEqual([])
  })
})

describe('a request that is not what it seems', () => {
  it.each([
    ['client_id', 'client_id=one&client_id=two'],
    ['a name that nobody knows', 'client_id=one&x=1&x=2'],
  ])('has %s twice', async (_, form) => {
    expect((await app().post('/latchkey/device_authorization', form)).body['error']).toBe('invalid_request')
    expect(open()).toBe(0)
  })

  it('has two addresses to go to', async () => {
    const address = new CodeApp(gateway.url).address()
    address.searchParams.append('redirect_uri', 'http://127.0.0.1:1/')
    expect((await load(address)).status).toBe(400)
    expect(open()).toBe(0)
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
      expect(open()).toBe(0)
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
    const proxied = await app({ 'x-forwarded-for': '203.0.113.9' }).ask()
    expect(proxied.headers.get('latchkey-refusal')).toBe('key_missing')
    expect(open()).toBe(0)
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
    expect(open()).toBe(0)
    expect(await post('localhost')).toContain('200 OK')
  })

  it('is a HEAD, which must not ask', async () => {
    const answer = await fetch(new CodeApp(gateway.url).address(), { method: 'HEAD' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    expect(open()).toBe(0)
  })

  it('comes while Latchkey is paused', async () => {
    gateway.settings.paused = true
    const { status, body } = await app().ask()
    expect([status, body['error']]).toEqual([409, 'temporarily_unavailable'])
    expect(open()).toBe(0)
  })
})

it('a name keeps only what can be seen, and no key', async () => {
  await app().ask({ client_name: `\u202eevil\n\u0007sk-lk-${'a'.repeat(39)} ${'x'.repeat(200)}` })
  const { name, asker } = onlyRequest(gateway)
  expect(asker.claim).toMatch(/^evil sk-lk-redacted x+…$/)
  expect(name.length).toBeLessThanOrEqual(80)
})

it('a preflight is granted, so that a page can ask', async () => {
  const answer = await fetch(`${gateway.url}/latchkey/token`, {
    method: 'OPTIONS',
    headers: { origin: 'https://chat.example', 'access-control-request-method': 'POST' },
  })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  const asked = await page('https://chat.example').ask()
  expect(asked.headers.get('access-control-allow-origin')).toBe('*')
})

it('an app that leaves before its key arrives leaves no key behind', async () => {
  await gateway.close()
  let goOn: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let isMaking = false
  gateway = await startGateway({
    pairing: {
      keys: {
        create: async (key) => {
          isMaking = true
          await arrived
          return gateway.access.keys.create(key)
        },
        withdraw: async ({ id }) => void (await gateway.access.keys.forget(id)),
        allow: () => Promise.resolve(),
      },
    },
  })
  const leaving = app()
  await leaving.ask()
  approveOnly()
  const connection = await openRaw(gateway.port)
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: leaving.clientId,
    device_code: leaving.deviceCode,
  }).toString()
  connection.send(
    `POST /latchkey/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await until(() => isMaking || undefined, 'the key to be made')
  connection.close()
  await until(() => gateway.gateway.running === 0 || undefined, 'the gateway to see that the app has left')
  goOn()
  await until(() => gateway.pairingChanges.at(-1)?.outcome === 'abandoned' || undefined, 'the request to be abandoned')
  expect(await keys()).toEqual([])
})

it('a key that cannot be stored is not lost: the app tries again later and gets it', async () => {
  await gateway.close()
  let isFull = true
  gateway = await startGateway({
    pairing: {
      keys: {
        create: (key) =>
          isFull ? Promise.reject(new PersonError('store_full', 'The disk is full.')) : gateway.access.keys.create(key),
        withdraw: () => Promise.resolve(),
        allow: () => Promise.resolve(),
      },
    },
  })
  const asking = app()
  await asking.ask()
  approveOnly()
  const refused = await asking.poll()
  expect([refused.status, refused.body['error']]).toEqual([503, 'temporarily_unavailable'])
  isFull = false
  expect((await asking.poll()).status).toBe(200)
  expect(gateway.failures).toEqual([])
})
