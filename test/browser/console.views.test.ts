import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { expectAccessible, freshLink, openConsole, servedConsole, useKey } from '../support/console-page.ts'
import { leave, show, VIEWS } from '../support/console-views.ts'

const SMALLEST = { width: 720, height: 480 }
const USUAL = { width: 1280, height: 800 }
const SIZES = [{ width: 3840, height: 2160 }, SMALLEST, USUAL]
const BUDGET_BYTES = 180_000

const served = servedConsole({ key: { models: ['sample-*'] } })

beforeAll(async () => {
  const { serve, secret } = served
  await useKey(serve, { secret, origin: 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo' })
  await useKey(serve, { secret: 'sk-lk-mistyped', origin: 'https://notes.example' })
})

describe.each([
  ['en', 'en-GB'],
  ['de', 'de-DE'],
] as const)('in %s', (language, locale) => {
  let page: Page

  beforeAll(async () => {
    page = await openConsole(served.browser, await freshLink(served.serve), { locale })
  })
  afterAll(() => page?.context().close())

  it.each(VIEWS.map((view) => [view.name, view] as const))(
    '%s is accessible in light and dark, and needs no scrolling sideways at any size',
    async (_, view) => {
      // What one view leaves open is not to spoil those after it.
      onTestFailed(async () => void (await page.reload()))
      await show(page, view, language)
      await inColours(page, 'light')
      await expectAccessible(page)
      await inColours(page, 'dark')
      // All else is the same in both.
      await expectAccessible(page, ['color-contrast'])
      // A toast goes by itself, and what lies over a page is tightest in the smallest window.
      const sizes = view.over === undefined ? SIZES : view.over.role === 'alert' ? [] : [SMALLEST, USUAL]
      for (const size of sizes) {
        await page.setViewportSize(size)
        await expect.poll(() => overflow(page), { message: `${size.width} wide` }).toBeLessThanOrEqual(0)
      }
      await leave(page, view, language)
    },
  )
})

it('the first bundle is small, and no chart is in it', async () => {
  const page = await served.open()
  const scripts = await page.evaluate(async () => {
    // The document as it came: later it also names what was loaded lazily.
    const html = await (await fetch('/')).text()
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address]) => address ?? '')
    return Promise.all(addresses.map(async (address) => (await fetch(address)).text()))
  })
  expect(scripts.length).toBeGreaterThan(1)
  expect(scripts.filter((script) => script.includes('recharts'))).toEqual([])
  expect(scripts.reduce((sum, script) => sum + gzipSync(script).byteLength, 0)).toBeLessThan(BUDGET_BYTES)
})

async function inColours(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
}

/** By how many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}
