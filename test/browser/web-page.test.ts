import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { chat } from '../support/extension/questions.ts'
import { ask, type CasesPage, describeLocalPage, describeReboundPage, pageSetting } from '../support/page-cases.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'

const REBOUND = 'rebound.example'
const PUBLIC = 'public.example'

const setting = pageSetting()
/** A setting makes Chromium treat this address as part of the public web. */
let publicPages: PageServer
let browser: Browser
let page: Page

beforeAll(async () => {
  publicPages = await startPageServer()
  browser = await launchChromium([
    `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1,MAP ${PUBLIC} 127.0.0.1`,
    `--ip-address-space-overrides=127.0.0.1:${publicPages.port}=public`,
    // Only secure pages may ask; a certificate is not what is tested here.
    `--unsafely-treat-insecure-origin-as-secure=http://${PUBLIC}:${publicPages.port}`,
  ])
})
afterAll(async () => {
  await browser?.close()
  await publicPages?.close()
})
beforeEach(async () => {
  const context = await browser.newContext()
  page = await context.newPage()
})
afterEach(() => page.context().close())

const casesPage = (): CasesPage => ({
  goTo: async (url) => void (await page.goto(url)),
  run: <A extends readonly unknown[], R>(inPage: (...args: A) => R | Promise<R>, ...args: A) =>
    page.evaluate<R>(`(${inPage.toString()})(...${JSON.stringify(args)})`),
})

describeLocalPage(setting, casesPage)
describeReboundPage(setting, casesPage, REBOUND)

describe('a page of the public web', () => {
  const url = () => `http://${PUBLIC}:${publicPages.port}`
  const question = () => chat(setting.serve.gateway, { api: 'ollama', stream: false, secret: setting.secret })

  it('reaches nothing before the person has let it reach this computer', async () => {
    await page.goto(url())
    expect(await ask(casesPage(), question())).toEqual({ failed: 'Failed to fetch' })
    expect(setting.posts()).toEqual([])
  })

  it('chats with a key once the person has let it reach this computer', async () => {
    await page.context().grantPermissions(['local-network-access'], { origin: url() })
    await page.goto(url())
    expect(await ask(casesPage(), question())).toMatchObject({ status: 200 })
  })
})
