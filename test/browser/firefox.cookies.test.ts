import { describeExtensionCookies } from '../support/extension/cookie-cases.ts'
import { startFirefoxAsker } from '../support/extension/firefox-asker.ts'
import { inFirefox } from '../support/firefox.ts'

inFirefox(() =>
  describeExtensionCookies(async (options) => {
    const asker = await startFirefoxAsker(options)
    return {
      ...asker,
      async runAt(url, inPage, given) {
        const page = await asker.browser.newPage()
        await page.goto(url)
        await page.evaluate(inPage as (given: unknown) => void, given)
      },
    }
  }),
)
