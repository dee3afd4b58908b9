import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { servedConsole, useKey } from '../support/console-page.ts'
import { leave, show, useOnce, VIEWS } from '../support/console-views.ts'
import { LONG_NAME } from '../support/crowd.ts'

const SITE = `https://${LONG_NAME.slice(0, 55).toLowerCase()}.example`
const served = servedConsole({ key: { name: LONG_NAME, models: ['sample-*', LONG_NAME] } })

beforeAll(async () => {
  const { serve, secret } = served
  await useOnce(served)
  await useKey(serve, { secret, origin: SITE, model: LONG_NAME })
  await useKey(serve, { secret, origin: SITE, model: `other-${LONG_NAME}` })
  for (const origin of [SITE, 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo']) {
    await serve.call('POST /api/origins/label', { origin, label: LONG_NAME })
  }
  await serve.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  await useKey(serve, { secret, origin: SITE.replace('.example', '.waits') })
})

describe.each([1280, 640])('at %i wide a name of 80 letters without a break widens nothing', (width) => {
  let page: Page

  beforeAll(async () => {
    page = await served.openForAll()
    await page.setViewportSize({ width, height: 800 })
  })
  afterAll(() => page?.close())

  it.each(VIEWS.map((view) => [view.name, view] as const))('on %s', async (_, view) => {
    // An element that one view leaves open must not affect later views.
    onTestFailed(async () => void (await page.reload()))
    await show(page, view, 'en')
    await expect.poll(() => page.evaluate(tooWide)).toEqual([])
    await leave(page, view, 'en')
  })
})

// The following code runs in the page.

/** Elements that are wider than their space: the page, a table, a cell, an overlay. */
function tooWide(): string[] {
  const rooms = [
    document.documentElement,
    ...document.querySelectorAll('th, td, [role=cell], [role=dialog], [role=menu], [role=listbox], [role=alert]'),
    ...[...document.querySelectorAll('table')].map((table) => table.parentElement ?? table),
  ]
  const cutOff = [...document.querySelectorAll('[role=option]')].filter((option) => {
    const list = option.closest('[role=listbox]')
    return list !== null && option.getBoundingClientRect().right > list.getBoundingClientRect().right
  })
  const isHidden = (room: Element) => room.clientWidth === 0
  return [...rooms.filter((room) => !isHidden(room) && room.scrollWidth > room.clientWidth + 1), ...cutOff].map(
    (room) => `${room.tagName} ${room.scrollWidth} in ${room.clientWidth}: ${room.textContent?.slice(0, 60)}`,
  )
}
