import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FirefoxAsker, startFirefoxAsker } from '../support/extension/firefox-asker.ts'
import { handOn, inFirefox } from '../support/firefox.ts'
import { Person } from '../support/person.ts'
import { type Serve, startServe } from '../support/serve.ts'

inFirefox(() => {
  let serve: Serve
  let asker: FirefoxAsker

  beforeAll(async () => {
    serve = await startServe()
    await serve.createKey()
    asker = await startFirefoxAsker({ hostPermissions: true })
    // The person is signed in, in the browser that the extension is in.
    const person = new Person(handOn(await asker.browser.newPage()))
    await person.hand.goTo(serve.console)
    await person.seePage('Home')
  })
  afterAll(async () => {
    await asker?.close()
    await serve?.stop()
  })

  // Firefox sends the session's cookie along, and `Sec-Fetch-Site: same-origin`: docs/browsers.md.
  it.each(['state', 'keys', 'settings', 'exchanges', 'events', 'export/exchanges', 'setup'])(
    'an extension with host permission may not read the console’s /api/%s',
    async (path) => {
      const url = new URL(`/api/${path}`, serve.console).href
      for (const ask of [asker.fromPopup, asker.fromBackground]) {
        expect(await ask({ url, method: 'GET', credentials: 'include' })).toMatchObject({ status: 401 })
      }
    },
  )
})
