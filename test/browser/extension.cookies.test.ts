import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ask, type Asker, startAsker } from '../support/extension/asker.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import { type Serve, startServe } from '../support/serve.ts'

const READS = ['state', 'keys', 'setup', 'events', 'exchanges', 'export/usage?period=day&by=key', 'export/exchanges']

let serve: Serve
let asker: Asker
let other: PageServer
let secret: string

// An extension that may reach 127.0.0.1 sends its cookies along, whatever their SameSite says.
beforeAll(async () => {
  serve = await startServe()
  secret = (await serve.createKey({ name: 'Mine' })).secret
  other = await startPageServer()
  asker = await startAsker({ hostPermissions: true })
  const page = await asker.context.newPage()
  await page.goto(serve.console)
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
})
afterAll(async () => {
  await asker?.close()
  await other?.close()
  await serve?.stop()
})

const PLACES: readonly [place: string, ask: () => Ask][] = [
  ['service worker', () => asker.fromBackground],
  ['popup page', () => asker.fromPopup],
]

describe.each(PLACES)('an extension with host permissions, in its %s', (_place, ask) => {
  it('has the console’s cookie, and reads nothing from the console with it', async () => {
    await ask()({ url: `http://127.0.0.1:${other.port}/`, method: 'GET', credentials: 'include' })
    expect(other.heard.at(-1)?.cookie).toMatch(/latchkey_[0-9a-f]{8}=/)
    for (const path of READS) {
      const url = new URL(`/api/${path}`, serve.console).href
      const seen = await ask()({ url, method: 'GET', credentials: 'include' })
      expect([path, seen.status]).toEqual([path, 401])
      expect(seen.text).toContain('session_missing')
    }
  })

  it('makes no key at the console', async () => {
    const url = new URL('/api/keys', serve.console).href
    const headers = { 'Content-Type': 'application/json' }
    const seen = await ask()({ url, method: 'POST', headers, body: '{"name":"Stolen"}', credentials: 'include' })
    expect(seen.status).toBe(403)
    expect((await serve.call('GET /api/keys', {})).map(({ name }) => name)).toEqual(['Mine'])
  })

  // No header tells such an extension from a page of the gateway's own address: why the setting is off, and warns.
  it('uses a key in the cookie “token” only where the person has let the gateway take keys from it', async () => {
    await asker.context.addCookies([
      { name: 'token', value: secret, domain: '127.0.0.1', path: '/', sameSite: 'Strict' },
    ])
    const tags = () => ask()({ url: `${serve.gateway}/api/tags`, method: 'GET', credentials: 'include' })
    expect((await tags()).status).toBe(401)
    await serve.call('PATCH /api/settings', { cookieCarrier: true })
    expect((await tags()).status).toBe(200)
    await serve.call('PATCH /api/settings', { cookieCarrier: false })
    expect((await tags()).status).toBe(401)
  })
})
