import type { Page } from 'playwright'
import { beforeAll, expect, it } from 'vitest'
import { servedConsole, useKey } from '../support/console-page.ts'

const served = servedConsole()

const ORIGIN = 'https://steady.example'
/** More rows than any list shows at once, so that content below a list is out of sight. */
const BEFORE = 30
const MEANWHILE = 4
const CHART = '.recharts-wrapper > svg'
const BAR = '.recharts-bar-rectangle path'
const TOOLTIP = '.recharts-tooltip-wrapper'
/** Web Vitals call a layout shift of 0.1 good; this is a tenth of it. */
const MOST_SHIFT = 0.01

beforeAll(async () => {
  await Promise.all(Array.from({ length: BEFORE }, useOnce))
})

it.each([
  ['/', 'Home'],
  ['/keys', 'Keys'],
  ['/sites', 'Sites & extensions'],
  ['/usage', 'Usage'],
  ['/activity', 'Activity'],
] as const)('%s stands still while exchanges come in and the events break off and go on', async (path, heading) => {
  const page = await served.open()
  await page.addInitScript(letEventsBreak)
  await page.goto(new URL(`#${path}`, page.url()).href)
  await page.reload()
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await page.getByRole('row').nth(1).waitFor()
  await page.getByRole('main').getByRole('button').or(page.getByRole('main').getByRole('link')).first().focus()
  // The library recreates each bar whose height changes. The chart and the bar's tooltip must stay.
  const pointedAt = path === '/usage' ? page.locator(BAR).last() : page.getByRole('row').nth(1)
  await pointedAt.hover()
  const pointed = await (path === '/usage' ? page.locator(CHART) : pointedAt).elementHandle()
  if (path === '/usage') await page.locator(TOOLTIP).waitFor()
  await page.evaluate(watch)

  for (let count = 1; count < MEANWHILE; count++) await useOnce()
  const again = page.waitForResponse('**/api/events')
  await page.evaluate(() => (window as unknown as Watched).breakEvents())
  await again
  const changes = await changesOn(page)
  await useOnce()
  // The sums follow an exchange by a second and a half.
  await expect.poll(() => changesOn(page)).toBeGreaterThan(changes)
  await page.waitForTimeout(2500)

  const { loading, rowsGone, shift, focusKept } = await page.evaluate(() => {
    const { focused, ...seen } = (window as unknown as Watched).seen
    return { ...seen, focusKept: focused === document.activeElement }
  })
  const pointedAtKept = await pointed?.evaluate((element) => element.isConnected)
  expect({ loading, focusKept, pointedAtKept }).toEqual({ loading: 0, focusKept: true, pointedAtKept: true })
  if (path === '/usage') expect(await page.locator(TOOLTIP).isVisible()).toBe(true)
  // Each exchange may remove one row from a list. A recreated list would lose all its rows.
  expect(rowsGone).toBeLessThanOrEqual(MEANWHILE)
  expect(shift).toBeLessThan(MOST_SHIFT)
})

it.each([
  ['/keys', 'Keys'],
  ['/sites', 'Sites & extensions'],
] as const)('a menu on %s stays open, and its entry chosen, while exchanges come in', async (path, heading) => {
  const page = await served.open(path, heading)
  await page.locator('table [aria-haspopup=menu]').first().click()
  await page.keyboard.press('ArrowDown')
  const entry = await page.locator('[role=menuitem]:focus').elementHandle()
  await page.evaluate(watch)
  await useOnce()
  await expect.poll(() => changesOn(page)).toBeGreaterThan(0)
  await page.waitForTimeout(2500)
  expect(await entry?.evaluate((element) => element === document.activeElement && element.checkVisibility())).toBe(true)
})

function useOnce(): Promise<number> {
  return useKey(served.serve, { secret: served.secret, origin: ORIGIN })
}

function changesOn(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as Watched).seen.changes)
}

interface Watched {
  breakEvents(): void
  seen: { loading: number; rowsGone: number; shift: number; changes: number; focused: Element | null }
}

// The following code runs in the page.

/** `breakEvents` ends the connection that the events come by, as a restart does. */
function letEventsBreak(): void {
  const fetched = window.fetch.bind(window)
  let breaker = new AbortController()
  window.fetch = (input, init) => {
    if (input !== '/api/events') return fetched(input, init)
    breaker = new AbortController()
    const signals = [breaker.signal, ...(init?.signal == null ? [] : [init.signal])]
    return fetched(input, { ...init, signal: AbortSignal.any(signals) })
  }
  Object.assign(window, { breakEvents: () => breaker.abort() })
}

function watch(): void {
  const seen: Watched['seen'] = { loading: 0, rowsGone: 0, shift: 0, changes: 0, focused: document.activeElement }
  const ROW = 'tr, [role=row]'
  const within = (node: Node, selector: string) =>
    node instanceof Element ? Number(node.matches(selector)) + node.querySelectorAll(selector).length : 0
  new MutationObserver((records) => {
    seen.changes += records.length
    for (const { addedNodes, removedNodes } of records) {
      for (const node of addedNodes) seen.loading += within(node, '[role=status][aria-label^=Loading]')
      for (const node of removedNodes) seen.rowsGone += within(node, ROW)
    }
  }).observe(document.querySelector('main') ?? document.body, { childList: true, subtree: true, characterData: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, sources } = entry as PerformanceEntry & { value: number; sources: { node: Node | null }[] }
      // A new row moves the rows below it, which is what a list is for.
      const isElsewhere = sources.some(({ node }) => node instanceof Element && node.closest(ROW) === null)
      if (isElsewhere) seen.shift += value
    }
  }).observe({ type: 'layout-shift' })
  Object.assign(window, { seen })
}
