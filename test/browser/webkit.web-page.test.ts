import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chat } from '../support/extension/questions.ts'
import { ask, describeLocalPage, pageSetting } from '../support/page-cases.ts'
import { type PageServer, startPageServer } from '../support/page-server.ts'
import { inWebKit, launchWebKit, type WebKitBrowser } from '../support/webkit.ts'

inWebKit(() => {
  const setting = pageSetting()
  let securePages: PageServer
  let browser: WebKitBrowser

  beforeAll(async () => {
    securePages = await startPageServer({ tls: true })
    browser = await launchWebKit()
  })
  afterAll(async () => {
    await browser?.close()
    await securePages?.close()
  })

  describeLocalPage(setting, () => browser.session)

  describe('an https page', () => {
    it.each(['127.0.0.1', 'localhost', '[::1]'])('cannot reach the gateway as http://%s', async (host) => {
      await browser.session.goTo(`https://127.0.0.1:${securePages.port}/`)
      const { secret, serve } = setting
      const question = chat(`http://${host}:${serve.port}`, { api: 'ollama', stream: false, secret })
      expect(await ask(browser.session, question)).toEqual({ failed: 'Load failed' })
      expect(setting.posts()).toEqual([])
    })
  })
})
