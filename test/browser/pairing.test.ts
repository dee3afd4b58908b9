import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CodeApp, choiceOf, onlyRequest } from '../pairing/asking-app.ts'
import { type Callback, openCallback } from '../pairing/callback.ts'
import { launchForPages } from '../support/chromium.ts'
import { type Asker, startAsker } from '../support/extension/asker.ts'
import { EXTENSION_ID, EXTENSION_ORIGIN } from '../support/extension/write-extension.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
let browser: Browser
let pages: PageServer
let callback: Callback
let page: Page

beforeAll(async () => {
  pages = await startPageServer()
  callback = await openCallback()
  browser = await launchForPages()
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([pages?.close(), callback?.close()])
})
beforeEach(async () => {
  gateway = await startGateway()
  page = await (await browser.newContext({ locale: 'de-DE' })).newPage()
})
afterEach(async () => {
  await page.context().close()
  await gateway.close()
})

const asked = () => until(() => gateway.pairings.list().length > 0, 'a request')
const approve = () => void gateway.pairings.approve({ ...choiceOf(onlyRequest(gateway)), preset: 'models' })

describe('the page that an app opens', () => {
  it('shows the code in the person’s language, and goes on by itself when they have answered', async () => {
    const faults: string[] = []
    page.on('console', (message) => faults.push(message.text()))
    const asking = new CodeApp(gateway.url, { redirectUri: callback.url })
    await page.goto(asking.address().href)
    // The page can go on to its next look at any moment.
    const seen = () => page.evaluate(readPage).catch(() => undefined)
    await expect.poll(seen).toEqual({
      title: 'Latchkey wartet auf deine Antwort',
      code: onlyRequest(gateway).code,
      // The policy lets the page's own style in.
      align: 'center',
    })
    approve()
    await page.waitForURL(`${callback.url}?**`)
    const { searchParams } = new URL(page.url())
    expect(searchParams.get('state')).toBe('its state')
    const { body } = await asking.fetchKey(searchParams.get('code') ?? '')
    expect(body['token_type']).toBe('Bearer')
    // The callback has no icon.
    expect(faults.filter((fault) => !fault.includes('favicon'))).toEqual([])
  })

  it('asks nobody in a frame, by a link of another site, or in a new window that one opens', async () => {
    // To Chromium, localhost and 127.0.0.1 are two sites.
    const address = new CodeApp(`http://localhost:${gateway.port}`, { redirectUri: callback.url }).address().href
    await page.goto(`http://127.0.0.1:${pages.port}/`)
    await page.evaluate((src) => {
      const frame = document.createElement('iframe')
      frame.src = src
      document.body.append(frame)
    }, address)
    await until(() => gateway.records.length === 1, 'the frame to be refused')
    const opened = page.waitForEvent('popup')
    await page.evaluate((href) => void window.open(href), address)
    await (await opened).waitForLoadState()
    await page.evaluate((href) => window.location.assign(href), address)
    await until(() => gateway.records.length === 3, 'all three to be refused')
    expect(gateway.records.map(({ reason }) => reason)).toEqual(Array(3).fill('pairing_origin'))
    expect(gateway.pairings.list()).toEqual([])
  })
})

describe('a page by itself', () => {
  const post = (path: string, form: Record<string, string>) =>
    page.evaluate(
      async ([url, body]) => {
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
        const answer = await fetch(url, { method: 'POST', headers, body })
        return (await answer.json()) as Record<string, unknown>
      },
      [`http://localhost:${gateway.port}${path}`, new URLSearchParams(form).toString()] as const,
    )

  it('gets a key by the device grant, which works for it only', async () => {
    await page.goto(`http://127.0.0.1:${pages.port}/`)
    const { device_code: code } = await post('/latchkey/device_authorization', { client_id: 'A page' })
    expect(onlyRequest(gateway).asker.origin).toBe(`http://127.0.0.1:${pages.port}`)
    approve()
    const grant = 'urn:ietf:params:oauth:grant-type:device_code'
    const form = { grant_type: grant, client_id: 'A page', device_code: String(code) }
    expect((await post('/latchkey/token', form))['token_type']).toBe('Bearer')
    expect(await gateway.access.keys.list()).toMatchObject([{ origins: [`http://127.0.0.1:${pages.port}`] }])
  })

  it('in a sandboxed frame, without a name, raises no question', async () => {
    await page.goto(`http://127.0.0.1:${pages.port}/`)
    await page.evaluate((url) => {
      const frame = document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts allow-forms')
      frame.srcdoc = `<form id=f method=post action="${url}"><input name=client_id value=a></form><script>f.submit()</script>`
      document.body.append(frame)
    }, `http://localhost:${gateway.port}/latchkey/device_authorization`)
    await until(() => gateway.records.length > 0, 'the form to arrive')
    expect(gateway.records[0]).toMatchObject({ origin: 'null', reason: 'pairing_origin' })
    expect(gateway.pairings.list()).toEqual([])
  })
})

describe('an extension', () => {
  let asker: Asker
  beforeAll(async () => {
    asker = await startAsker({ hostPermissions: false, permissions: ['identity'] })
  })
  afterAll(() => asker?.close())

  it('gets a code at the address that Chromium keeps for it, and a key that works only in it', async () => {
    const redirectUri = `https://${EXTENSION_ID}.chromiumapp.org/`
    const asking = new CodeApp(gateway.url, { redirectUri, clientId: 'Asker' })
    const [worker] = asker.context.serviceWorkers()
    const arrived = worker?.evaluate((url) => {
      const { chrome } = globalThis as unknown as {
        chrome: { identity: { launchWebAuthFlow(details: object): Promise<string> } }
      }
      return chrome.identity.launchWebAuthFlow({ url, interactive: true })
    }, asking.address().href)
    await asked()
    expect(onlyRequest(gateway)).toMatchObject({ name: 'Asker', asker: { origin: EXTENSION_ORIGIN } })
    approve()
    const code = new URL((await arrived) ?? '').searchParams.get('code') ?? ''
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'Asker',
      redirect_uri: redirectUri,
      code,
      code_verifier: asking.verifier,
    })
    const seen = await asker.fromBackground({
      url: `${gateway.url}/latchkey/token`,
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    expect(seen.status).toBe(200)
    expect(await gateway.access.keys.list()).toMatchObject([{ name: 'Asker', origins: [EXTENSION_ORIGIN] }])
  })
})

// Runs in the browser.
function readPage() {
  const [title, code] = ['h1', 'p.code'].map((selector) => document.querySelector(selector)?.textContent)
  return { title, code, align: getComputedStyle(document.body).textAlign }
}
