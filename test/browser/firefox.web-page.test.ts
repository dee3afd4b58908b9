import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askFromPage } from '../support/asking-page.ts'
import { chat } from '../support/extension/questions.ts'
import { FIREFOX_NAMES, handOn, inFirefox, launchFirefox } from '../support/firefox.ts'
import { ask, describeLocalPage, describeReboundPage, pageSetting } from '../support/page-cases.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import type { Hand } from '../support/person.ts'

inFirefox(() => {
  const setting = pageSetting()
  /** A setting makes Firefox treat this address as part of the public web. */
  let webPages: PageServer
  let browser: Browser
  let page: Hand

  beforeAll(async () => {
    webPages = await startPageServer({ tls: true })
    browser = await launchFirefox({ publicPort: webPages.port })
    page = handOn(await browser.newPage())
  })
  afterAll(async () => {
    await browser?.close()
    await webPages?.close()
  })

  describeLocalPage(setting, () => page)
  describeReboundPage(setting, () => page, FIREFOX_NAMES.rebound)

  describe('an https page of the public web', () => {
    const url = () => `https://${FIREFOX_NAMES.web}:${webPages.port}`
    const question = () => chat(setting.serve.gateway, { api: 'ollama', stream: false, secret: setting.secret })

    it('waits, and reaches nothing, before the person has let it reach this computer', async () => {
      await page.goTo(url())
      expect(await page.run(permission)).toBe('prompt')
      const seen = await page.run(askFromPage, question(), 500)
      expect(seen).toEqual({ failed: expect.stringContaining('timed out') })
      expect(setting.posts()).toEqual([])
    })

    it('chats with a key once the person has let it reach this computer', async () => {
      const name = 'loopback-network'
      await browser.defaultBrowserContext().setPermission(url(), { permission: { name }, state: 'granted' })
      await page.goTo(url())
      expect(await page.run(permission)).toBe('granted')
      expect(await ask(page, question())).toMatchObject({ status: 200 })
    })
  })
})

/** Runs in the page. */
async function permission(): Promise<string> {
  const { state } = await navigator.permissions.query({ name: 'loopback-network' as PermissionName })
  return state
}
