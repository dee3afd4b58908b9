import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { freshLink, openConsole, servedConsole } from '../support/console-page.ts'
import { leave, show, useOnce, VIEWS } from '../support/console-views.ts'
import { LANGUAGE_TAGS, LOCALES } from '../support/texts.ts'

/** Smaller than the window can be: half a small screen, for a browser. */
const SMALLEST = { width: 640, height: 480 }
/** Sizes with a wide side bar and a narrow page next to it. */
const NARROW = { width: 1000, height: 760 }
const USUAL = { width: 1280, height: 800 }
const LARGEST = { width: 3840, height: 2160 }

const served = servedConsole({ key: { models: ['sample-*'] } })

beforeAll(() => useOnce(served))

describe.each(LANGUAGE_TAGS)('in %s', (language) => {
  let page: Page

  beforeAll(async () => {
    page = await openConsole(served.browser, await freshLink(served.serve), { locale: LOCALES[language] })
  })
  afterAll(() => page?.context().close())

  // A toast goes by itself.
  it.each(VIEWS.filter(({ over }) => over?.role !== 'alert').map((view) => [view.name, view] as const))(
    '%s needs no scrolling sideways at any size',
    async (_, view) => {
      // An element that one view leaves open must not affect later views.
      onTestFailed(async () => void (await page.reload()))
      await show(page, view, language)
      // Overlays have the least space in the smallest window.
      const sizes = view.over === undefined ? [LARGEST, SMALLEST, NARROW, USUAL] : [SMALLEST, USUAL]
      for (const size of sizes) {
        await page.setViewportSize(size)
        await expect.poll(() => overflow(page), { message: `${size.width} wide` }).toBeLessThanOrEqual(0)
      }
      await leave(page, view, language)
    },
  )
})

/** By how many pixels the page is wider than the window, or a table in it than its room. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const rooms = [...document.querySelectorAll('table')].map((table) => table.parentElement ?? table)
    return Math.max(...[document.documentElement, ...rooms].map((room) => room.scrollWidth - room.clientWidth))
  })
}
