import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askFromPage, askFromWorker } from '../support/asking-page.ts'
import { type BrowserFacts, documentedFacts, measureFacts } from '../support/browser-facts.ts'
import { startFirefoxAsker } from '../support/extension/firefox-asker.ts'
import { FIREFOX_EXTENSION_ORIGIN } from '../support/extension/write-extension.ts'
import { FIREFOX_NAMES, inFirefox, launchFirefox } from '../support/firefox.ts'
import { type HeadRecorder, startHeadRecorder } from '../support/head-recorder.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'

let recorder: HeadRecorder
let pages: PageServer
let securePages: PageServer

inFirefox(() => {
  beforeAll(async () => {
    ;[recorder, pages, securePages] = await Promise.all([
      startHeadRecorder(),
      startPageServer(),
      startPageServer({ tls: true }),
    ])
  })
  afterAll(async () => {
    await Promise.all([recorder?.close(), pages?.close(), securePages?.close()])
  })

  it('each row of docs/browsers.md is what it does', async () => {
    const rows = [
      ...(await factsOfPages()),
      ...(await factsOfExtension('with')),
      ...(await factsOfExtension('without')),
    ]
    expect(rows).toEqual(documentedFacts('Firefox'))
  })
})

async function factsOfPages(): Promise<BrowserFacts[]> {
  const browser = await launchFirefox({ publicPort: securePages.port })
  try {
    const page = await browser.newPage()
    await page.goto(recorder.cookieUrl)
    const local = `http://127.0.0.1:${pages.port}`
    await page.goto(local)
    return [
      await measureFacts(recorder, {
        name: 'page of another local port',
        origin: local,
        ask: (question) => page.evaluate(askFromPage, question),
      }),
      await measureFacts(recorder, {
        name: 'worker of that page',
        origin: local,
        ask: (question) => page.evaluate(askFromWorker, question),
      }),
      await factsOfWebPage(browser, page),
    ]
  } finally {
    await browser.close()
  }
}

/** Before the person has answered Firefox's question nothing arrives, and no answer comes. */
async function factsOfWebPage(browser: Browser, page: Page): Promise<BrowserFacts> {
  const origin = `https://${FIREFOX_NAMES.web}:${securePages.port}`
  await page.goto(origin)
  const before = await recorder.during((url) => page.evaluate(askFromPage, { url, method: 'GET' }, 500))
  await browser
    .defaultBrowserContext()
    .setPermission(origin, { permission: { name: 'loopback-network' }, state: 'granted' })
  await page.reload()
  return measureFacts(
    recorder,
    { name: 'https page of the web', origin, ask: (question) => page.evaluate(askFromPage, question) },
    before.length === 0 ? 'once allowed' : 'yes',
  )
}

async function factsOfExtension(permissions: 'with' | 'without'): Promise<BrowserFacts[]> {
  const asker = await startFirefoxAsker({ hostPermissions: permissions === 'with' })
  try {
    const page = await asker.browser.newPage()
    await page.goto(recorder.cookieUrl)
    const origin = FIREFOX_EXTENSION_ORIGIN
    const which = `of an extension ${permissions} host permission`
    return [
      await measureFacts(recorder, { name: `page ${which}`, origin, ask: asker.fromPopup }),
      await measureFacts(recorder, { name: `background ${which}`, origin, ask: asker.fromBackground }),
      await measureFacts(recorder, {
        name: `content script ${which}`,
        origin: asker.contentOrigin,
        ask: asker.fromContentScript,
      }),
    ]
  } finally {
    await asker.close()
  }
}
