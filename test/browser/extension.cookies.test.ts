import { startAsker } from '../support/extension/asker.ts'
import { describeExtensionCookies } from '../support/extension/cookie-cases.ts'

describeExtensionCookies(async (options) => {
  const asker = await startAsker(options)
  return {
    ...asker,
    async runAt(url, inPage, given) {
      const page = await asker.context.newPage()
      await page.goto(url)
      await page.evaluate(inPage as (given: unknown) => void, given)
    },
  }
})
