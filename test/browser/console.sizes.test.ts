import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { freshLink, openConsole, servedConsole } from '../support/console-page.ts'
import { leave, show, useOnce, VIEWS } from '../support/console-views.ts'

const SMALLEST = { width: 720, height: 480 }
const USUAL = { width: 1280, height: 800 }
const LARGEST = { width: 3840, height: 2160 }

const served = servedConsole({ key: { models: ['sample-*'] } })

beforeAll(() => useOnce(served))

describe.each([
  ['en', 'en-GB'],
  ['de', 'de-DE'],
] as const)('in %s', (language, locale) => {
  let page: Page

  beforeAll(async () => {
    page = await openConsole(served.browser, await freshLink(served.serve), { locale })
  })
  afterAll(() => page?.context().close())

  // A toast goes by itself.
  it.each(VIEWS.filter(({ over }) => over?.role !== 'alert').map((view) => [view.name, view] as const))(
    '%s needs no scrolling sideways at any size',
    async (_, view) => {
      // What one view leaves open is not to spoil those after it.
      onTestFailed(async () => void (await page.reload()))
      await show(page, view, language)
      // What lies over a page is tightest in the smallest window.
      const sizes = view.over === undefined ? [LARGEST, SMALLEST, USUAL] : [SMALLEST, USUAL]
      for (const size of sizes) {
        await page.setViewportSize(size)
        await expect.poll(() => overflow(page), { message: `${size.width} wide` }).toBeLessThanOrEqual(0)
      }
      await leave(page, view, language)
    },
  )
})

/** By how many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}
