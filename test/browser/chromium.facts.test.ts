import type { BrowserContext } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askFromPage, askFromWorker } from '../support/asking-page.ts'
import { type BrowserFacts, documentedFacts, measureFacts } from '../support/browser-facts.ts'
import { launchChromium } from '../support/chromium.ts'
import { startAsker } from '../support/extension/asker.ts'
import { EXTENSION_ORIGIN } from '../support/extension/write-extension.ts'
import { type HeadRecorder, startHeadRecorder } from '../support/head-recorder.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'

const WEB = 'web.example'

let recorder: HeadRecorder
let pages: PageServer
let securePages: PageServer

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

it('each row of docs/browsers.md is what Chromium does', async () => {
  const rows = [...(await factsOfPages()), ...(await factsOfExtension('with')), ...(await factsOfExtension('without'))]
  expect(rows).toEqual(documentedFacts('Chromium'))
})

async function factsOfPages(): Promise<BrowserFacts[]> {
  const browser = await launchChromium([
    `--host-resolver-rules=MAP ${WEB} 127.0.0.1`,
    `--ip-address-space-overrides=127.0.0.1:${securePages.port}=public`,
  ])
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    const page = await context.newPage()
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
      await factsOfWebPage(context),
    ]
  } finally {
    await browser.close()
  }
}

async function factsOfWebPage(context: BrowserContext): Promise<BrowserFacts> {
  const origin = `https://${WEB}:${securePages.port}`
  const page = await context.newPage()
  await page.goto(origin)
  const before = await recorder.during((url) => page.evaluate(askFromPage, { url, method: 'GET' }))
  await context.grantPermissions(['local-network-access'], { origin })
  await page.reload()
  return measureFacts(
    recorder,
    { name: 'https page of the web', origin, ask: (question) => page.evaluate(askFromPage, question) },
    before.length === 0 ? 'once allowed' : 'yes',
  )
}

async function factsOfExtension(permissions: 'with' | 'without'): Promise<BrowserFacts[]> {
  const asker = await startAsker({ hostPermissions: permissions === 'with' })
  try {
    const page = await asker.context.newPage()
    await page.goto(recorder.cookieUrl)
    const which = `of an extension ${permissions} host permission`
    return [
      await measureFacts(recorder, { name: `page ${which}`, origin: EXTENSION_ORIGIN, ask: asker.fromPopup }),
      await measureFacts(recorder, {
        name: `background ${which}`,
        origin: EXTENSION_ORIGIN,
        ask: asker.fromBackground,
      }),
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
