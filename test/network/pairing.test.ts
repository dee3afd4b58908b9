import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PAIRING_ROUTES } from '#shared/pairing/pairing-routes.ts'
import { DEVICE_GRANT } from '../pairing/asking-app.ts'
import { freshLink, openConsole } from '../support/console-page.ts'
import { inNamespaces, type LanHost } from '../support/namespaces.ts'
import { chromiumIn, curlChat, PAGE } from './clients.ts'
import { ANSWER, type Home, startHome } from './home.ts'

const REDIRECT = 'http://127.0.0.1:4321/back'
/** RFC 7636, appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

interface Reply {
  readonly status: number
  readonly headers: string
  readonly body: Record<string, unknown>
}

inNamespaces(['curl', 'certutil', 'tcpdump'], () => {
  let home: Home
  let asked = 0

  beforeAll(async () => {
    home = await startHome()
  })
  afterAll(() => home?.remove())
  afterEach(async () => {
    // Switching it off ends all requests.
    await home.serve.call('PATCH /api/settings', { pairing: false, lanTls: 'authority', lan: 'all' })
    await home.serve.call('PATCH /api/settings', { pairing: true })
  })

  /** A request of a device, with curl’s arguments. */
  async function send(path: string, { host = home.laptop, url = home.url(), args = [] as readonly string[] } = {}) {
    const trust = url.startsWith('https') ? ['--cacert', home.authorityFile] : []
    const { stdout } = await host.run(['curl', '-sS', '-i', ...trust, ...args, url + path])
    const [headers = '', body = ''] = stdout.split('\r\n\r\n')
    const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {}
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(headers)?.[1]), headers, body: json } satisfies Reply
  }

  function form(fields: Readonly<Record<string, string>>): string[] {
    return Object.entries(fields).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
  }

  interface Asking {
    readonly host?: LanHost
    readonly url?: string
    readonly args?: readonly string[]
    readonly clientId?: string
  }

  function ask({ clientId = 'A phone app', args = [], ...where }: Asking = {}): Promise<Reply> {
    return send('/latchkey/device_authorization', { ...where, args: [...form({ client_id: clientId }), ...args] })
  }

  function poll(code: unknown, { clientId = 'A phone app', ...where }: Asking = {}): Promise<Reply> {
    const fields = { grant_type: DEVICE_GRANT, client_id: clientId, device_code: String(code) }
    return send('/latchkey/token', { ...where, args: form(fields) })
  }

  async function approveOnly() {
    const [request, another] = await home.serve.call('GET /api/pairing', {})
    if (request === undefined || another !== undefined) throw new Error('there is not exactly one request')
    await home.serve.call('POST /api/pairing/approve', { id: request.id, code: request.code, preset: 'models' })
    return request
  }

  /** Other devices, each with an address of its own: one may ask five times only. */
  function plugIn(): LanHost {
    return home.network.plugIn(`phone${asked++}`)
  }

  const refusalIn = ({ status, headers }: Reply) => [status, /latchkey-refusal: (\w+)/i.exec(headers)?.[1]]

  describe('another device that is let in over TLS', () => {
    test('asks, and gets its key after the code was compared; nobody reads it on the way', async () => {
      const phone = plugIn()
      const capture = await home.network.capture()
      const { body } = await ask({ host: phone })
      expect(body).toMatchObject({ verification_uri: `${home.url()}/latchkey/device`, interval: 2 })
      expect((await home.serve.run('pair', 'list')).stdout).toContain(`on ${phone.address}`)
      const request = await approveOnly()
      expect(request).toMatchObject({ code: body['user_code'], name: 'A phone app' })
      expect(request.asker).toMatchObject({ device: phone.address, program: null, origin: null })
      const { access_token: secret } = (await poll(body['device_code'], { host: phone })).body
      const packets = await capture.stop()
      expect(packets.includes(String(secret))).toBe(false)
      expect(packets.includes(String(body['device_code']))).toBe(false)
      const { stdout } = await phone.run(curlChat({ ...home, secret: String(secret) }, home.url()))
      expect(stdout).toContain(ANSWER)
      expect((await poll(body['device_code'], { host: phone })).body['error']).toBe('expired_token')
    })

    test('gets a key by a redirect of its browser to an app beside the browser', async () => {
      const phone = plugIn()
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: 'A program',
        redirect_uri: REDIRECT,
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
      })
      const open = (host: LanHost, url = home.url()) => send(`/latchkey/authorize?${query}`, { host, url })
      expect((await open(phone)).status).toBe(200)
      expect((await approveOnly()).asker).toMatchObject({ device: phone.address, returnsTo: 'http://127.0.0.1:4321' })
      // The same page on Latchkey’s computer is another request.
      expect((await open(home.desk, home.serve.gateway)).status).toBe(200)
      const answered = await open(phone)
      const back = new URL(/location: (\S+)/i.exec(answered.headers)?.[1] ?? 'nowhere:')
      expect([answered.status, back.origin, back.searchParams.get('iss')]).toEqual([
        303,
        'http://127.0.0.1:4321',
        home.url(),
      ])
      const fields = {
        grant_type: 'authorization_code',
        client_id: 'A program',
        redirect_uri: REDIRECT,
        code: back.searchParams.get('code') ?? '',
        code_verifier: VERIFIER,
      }
      const { body } = await send('/latchkey/token', { host: phone, args: form(fields) })
      expect(body['access_token']).toMatch(/^sk-lk-/)
    })

    test('is a page in a browser, whose key works only there', async () => {
      const browser = await chromiumIn(home.laptop, home, home.authorityFile)
      const page = await browser.newPage()
      await page.goto(PAGE)
      const post = (path: string, fields: Record<string, string>) =>
        page.evaluate(
          async ([url, pairs]) =>
            (await fetch(url, { method: 'POST', body: new URLSearchParams(pairs) })).json() as Promise<
              Record<string, string>
            >,
          [home.url() + path, fields] as const,
        )
      const body = await post('/latchkey/device_authorization', { client_id: 'A page' })
      expect((await approveOnly()).asker).toMatchObject({
        device: home.laptop.address,
        origin: 'http://localhost:8081',
      })
      const fields = { grant_type: DEVICE_GRANT, client_id: 'A page', device_code: body['device_code'] ?? '' }
      const { access_token: secret = '' } = await post('/latchkey/token', fields)
      await browser.close()
      const keys = await home.serve.call('GET /api/keys', {})
      expect(keys.find(({ prefix }) => secret.startsWith(prefix))?.origins).toEqual(['http://localhost:8081'])
    })

    test('is shown as one in the console, and its site as a claim', async () => {
      const browser = await chromiumIn(home.desk, home)
      const page = await openConsole(browser, await freshLink(home.serve))
      const phone = plugIn()
      await ask({ host: phone, args: ['-H', 'Origin: https://chat.example'] })
      const question = page.getByRole('article', { name: /asks for a key/ })
      await question.getByText(phone.address, { exact: true }).waitFor()
      await question.getByText('It asks from another device, which can call itself anything.').waitFor()
      expect(await question.getByText('Certain', { exact: true }).count()).toBe(0)
      await browser.close()
    })

    test('learns neither the version nor anything while pairing is off', async () => {
      const { body } = await send('/.well-known/latchkey')
      expect(body).toEqual({ name: 'Latchkey', address: home.url(), pairing: expect.any(Object) as unknown })
      expect(refusalIn(await send('/latchkey/openapi.json'))).toEqual([401, 'key_missing'])
      expect((await send('/.well-known/oauth-authorization-server')).body).toMatchObject({
        issuer: home.url(),
        token_endpoint: `${home.url()}/latchkey/token`,
      })
      await home.serve.call('PATCH /api/settings', { pairing: false })
      for (const { path, methods } of PAIRING_ROUTES) {
        const args = methods[0] === 'POST' ? form({ client_id: 'x' }) : []
        expect([path, ...refusalIn(await send(path, { args }))]).toEqual([path, 401, 'key_missing'])
      }
    })

    test('can neither finish a request of this computer nor be robbed by a program there', async () => {
      const phone = plugIn()
      const here = { host: home.desk, url: home.serve.gateway }
      const local = await ask(here)
      await approveOnly()
      expect((await poll(local.body['device_code'], { host: phone })).body['error']).toBe('expired_token')
      expect((await poll(local.body['device_code'], here)).body['access_token']).toMatch(/^sk-lk-/)
      const remote = await ask({ host: phone })
      await approveOnly()
      expect((await poll(remote.body['device_code'], here)).body['error']).toBe('expired_token')
      expect((await poll(remote.body['device_code'], { host: phone })).body['access_token']).toMatch(/^sk-lk-/)
    })

    test('takes at most three of the five places, whatever it calls itself, and asks five times in two minutes', async () => {
      const phone = plugIn()
      const as = (site: number) => ask({ host: phone, args: ['-H', `Origin: https://${site}.example`] })
      const statuses: number[] = []
      for (let site = 0; site < 6; site++) statuses.push((await as(site)).status)
      expect(statuses).toEqual([200, 200, 200, 429, 429, 429])
      const here = { host: home.desk, url: home.serve.gateway }
      for (const site of [1, 2])
        expect((await ask({ ...here, args: ['-H', `Origin: https://${site}.example`] })).status).toBe(200)
      const open = await home.serve.call('GET /api/pairing', {})
      expect(open.map(({ asker }) => asker.device)).toEqual([phone.address, phone.address, phone.address, null, null])
      // A request in another device’s name is never the same as that of this computer.
      expect(open.map(({ asker }) => asker.origin).filter((origin) => origin === 'https://1.example')).toHaveLength(2)
      for (const { id, code } of open) await home.serve.call('POST /api/pairing/decline', { id, code })
      const later: number[] = []
      for (let site = 10; site < 13; site++) later.push((await as(site)).status)
      expect(later).toEqual([200, 200, 429])
    })

    test('whose person has switched encryption off for others asks in vain', async () => {
      await home.serve.call('PATCH /api/settings', { lanTls: 'off' })
      const url = home.url().replace('https:', 'http:')
      for (const { path, methods } of PAIRING_ROUTES) {
        const args = methods[0] === 'POST' ? form({ client_id: 'x' }) : []
        expect([path, ...refusalIn(await send(path, { url, args }))]).toEqual([path, 401, 'key_missing'])
      }
      expect(await home.serve.call('GET /api/pairing', {})).toEqual([])
    })

    test('gets no further by http, through a proxy, under a name of loopback or a foreign one', async () => {
      const plain = await ask({ url: home.url().replace('https:', 'http:') })
      expect(refusalIn(plain)).toEqual([426, 'https_required'])
      const headers = ['X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1', 'Host: localhost', 'Host: 127.0.0.1']
      for (const header of headers) {
        expect([header, ...refusalIn(await ask({ args: ['-H', header] }))]).toEqual([header, 401, 'key_missing'])
      }
      expect(refusalIn(await ask({ args: ['-H', 'Host: evil.example'] }))).toEqual([403, 'host_not_allowed'])
      expect(await home.serve.call('GET /api/pairing', {})).toEqual([])
    })

    test('is not another device if it is this computer under its own address', async () => {
      await ask({ host: home.desk })
      expect((await approveOnly()).asker.device).toBe(null)
    })

    test('gets no answer when nobody else is let in', async () => {
      await home.serve.call('PATCH /api/settings', { lan: [] })
      const { code } = await home.laptop.run(['curl', '-sS', '--cacert', home.authorityFile, home.url()])
      // Nothing listens.
      expect(code).toBe(7)
    })
  })
})
