import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { expectAccessible, freshLink, openConsole, useKey } from '../support/console-page.ts'
import { leave, show, VIEWS } from '../support/console-views.ts'
import { type Serve, startServe } from '../support/serve.ts'

const SIZES = [
  { width: 3840, height: 2160 },
  { width: 720, height: 480 },
  { width: 1280, height: 800 },
]
const BUDGET_BYTES = 180_000

let browser: Browser
let serve: Serve

beforeAll(async () => {
  browser = await launchChromium()
  serve = await startServe()
  const { secret } = await serve.createKey({ name: 'Page Assist' })
  await useKey(serve, { secret, origin: 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo' })
  await useKey(serve, { secret: 'sk-lk-mistyped', origin: 'https://notes.example' })
})
afterAll(async () => {
  await browser?.close()
  await serve?.stop()
})

describe.each([
  ['en', 'en-GB'],
  ['de', 'de-DE'],
] as const)('every page and dialog in %s', (language, locale) => {
  it('is accessible in light and dark, and needs no scrolling sideways at any size', async () => {
    const page = await openConsole(browser, await freshLink(serve), { locale })
    for (const view of VIEWS) {
      await show(page, view, language)
      await inColours(page, 'light')
      await expectAccessible(page)
      await inColours(page, 'dark')
      // All else is the same in both.
      await expectAccessible(page, ['color-contrast'])
      for (const size of SIZES) {
        await page.setViewportSize(size)
        await expect.poll(() => overflow(page), { message: `${view.name} at ${size.width}` }).toBeLessThanOrEqual(0)
      }
      await leave(page, view)
    }
    await page.context().close()
  }, 120_000)
})

it('the first bundle is small, and no chart is in it', async () => {
  const page = await openConsole(browser, await freshLink(serve))
  const scripts = await page.evaluate(async () => {
    // The document as it came: later it also names what was loaded lazily.
    const html = await (await fetch('/')).text()
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address]) => address ?? '')
    return Promise.all(addresses.map(async (address) => (await fetch(address)).text()))
  })
  await page.context().close()
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
