import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PageServer, startPageServer } from '../page-server.ts'
import { type Serve, startServe } from '../serve.ts'
import type { Ask, Places } from './asker.ts'
import type { ExtensionOptions } from './write-extension.ts'

interface AskerWithPages extends Places {
  /** Opens a page in the same profile and runs a function in it. */
  runAt<A>(url: string, inPage: (given: A) => void | Promise<void>, given: A): Promise<void>
  close(): Promise<void>
}

type StartAsker = (options: ExtensionOptions) => Promise<AskerWithPages>

const PLACES: readonly [place: string, ask: (places: Places) => Ask][] = [
  ['background', (places) => places.fromBackground],
  ['popup page', (places) => places.fromPopup],
]

const READS = ['state', 'keys', 'setup', 'events', 'exchanges', 'export/usage?period=day&by=key', 'export/exchanges']

/**
 * Tests of an extension with permission for 127.0.0.1 and its cookies, which the browser sends whatever their SameSite
 * attribute.
 */
export function describeExtensionCookies(start: StartAsker): void {
  let serve: Serve
  let asker: AskerWithPages
  let other: PageServer
  let secret: string

  beforeAll(async () => {
    serve = await startServe()
    secret = (await serve.createKey({ name: 'Mine' })).secret
    other = await startPageServer()
    asker = await start({ hostPermissions: true })
    await asker.runAt(serve.console, waitForHeading, 'Home')
    // Cookies ignore ports, so any page of this address can set one for the gateway's.
    await asker.runAt(`http://127.0.0.1:${other.port}/`, setCookie, `token=${secret}; path=/; SameSite=Strict`)
  })
  afterAll(async () => {
    await asker?.close()
    await other?.close()
    await serve?.stop()
  })

  describe.each(PLACES)('an extension with host permissions, in its %s', (_place, ask) => {
    const get = (url: string) => ask(asker)({ url, method: 'GET', credentials: 'include' })

    it('has the console’s cookie, and reads nothing from the console with it', async () => {
      await get(`http://127.0.0.1:${other.port}/`)
      expect(other.heard.at(-1)?.cookie).toMatch(/latchkey_[0-9a-f]{8}=/)
      for (const path of READS) {
        const seen = await get(new URL(`/api/${path}`, serve.console).href)
        expect([path, seen.status]).toEqual([path, 401])
        expect(seen.text).toContain('session_missing')
      }
    })

    it('makes no key at the console', async () => {
      const url = new URL('/api/keys', serve.console).href
      const headers = { 'Content-Type': 'application/json' }
      const body = '{"name":"Stolen"}'
      expect((await ask(asker)({ url, method: 'POST', headers, body, credentials: 'include' })).status).toBe(403)
      expect((await serve.call('GET /api/keys', {})).map(({ name }) => name)).toEqual(['Mine'])
    })

    // No header distinguishes such an extension from a page of the gateway's own address. Therefore the setting is off
    // by default and has a warning.
    it('uses a key in the cookie “token” only where the person has let the gateway take keys from it', async () => {
      const statusOfTags = async () => (await get(`${serve.gateway}/api/tags`)).status
      expect(await statusOfTags()).toBe(401)
      await serve.call('PATCH /api/settings', { cookieCarrier: true })
      expect(await statusOfTags()).toBe(200)
      await serve.call('PATCH /api/settings', { cookieCarrier: false })
      expect(await statusOfTags()).toBe(401)
    })
  })
}

// The functions below run in a page.

async function waitForHeading(heading: string): Promise<void> {
  while (document.querySelector('h1')?.textContent !== heading) await new Promise((resolve) => setTimeout(resolve, 40))
}

function setCookie(cookie: string): void {
  document.cookie = cookie
}
