import type { Page } from 'playwright'
import { beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { servedConsole } from '../support/console-page.ts'
import { leave, show, useOnce, VIEWS } from '../support/console-views.ts'
import { CONSOLE_TEXTS } from '../support/texts.ts'

const served = servedConsole({ key: { models: ['sample-*'] } })
let page: Page

beforeAll(() => useOnce(served))

describe('a dialog has the focus while it is open, and whoever opened it has it again afterwards', () => {
  beforeAll(async () => {
    page = await served.openForAll()
    await page.evaluate(rememberFocusOnPage)
  })

  it.each(VIEWS.filter(({ over }) => over?.role === 'dialog').map((view) => [view.name, view] as const))(
    '%s',
    async (_, view) => {
      onTestFailed(async () => {
        await page.reload()
        await page.evaluate(rememberFocusOnPage)
      })
      await show(page, view, 'en')
      await expect.poll(() => page.evaluate(isFocusInDialog)).toBe(true)
      // Backwards: forwards it could come to a field that opens a list, which Escape would close instead.
      await page.keyboard.press('Shift+Tab')
      expect(await page.evaluate(isFocusInDialog)).toBe(true)
      await leave(page, view, 'en')
      await expect.poll(() => page.evaluate(isFocusBack)).toBe(true)
      if (view.over?.leave === undefined) expect(await page.evaluate(showsFocus)).toBe(true)
    },
  )
})

it('every menu, its entries and the dialog behind them are reached by the keyboard alone', async () => {
  page = await served.open()
  await page.getByRole('link', { name: 'Keys' }).press('Enter')
  const more = page.getByRole('button', { name: 'More for Browser' })
  await more.press('Enter')
  await expect.poll(focusedText).toContain('Edit')
  await page.keyboard.press('ArrowDown')
  expect(await focusedText()).toContain('Replace the key')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Edit “Browser”' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => more.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await expect.poll(focusedText).toContain('Edit')
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })
  await expect.poll(() => more.evaluate((button) => button === document.activeElement)).toBe(true)
})

it.each(VIEWS.filter(({ over }) => over === undefined).map((view) => [view.name, view] as const))(
  'on %s the Tab key comes to everything that can be pressed, and shows where it is',
  async (_, view) => {
    page = await served.open(view.path, view.heading(CONSOLE_TEXTS.en))
    await page.evaluate(untilStill)
    const pressable = await page.evaluate(countPressable)
    const seen = new Set<string>()
    for (let at = 0; at < pressable + 5; at++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(describeFocus)
      if (focused === null) break
      expect(focused.shows, focused.name).toBe(true)
      seen.add(focused.mark)
    }
    expect(seen.size).toBe(pressable)
  },
)

function focusedText(): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '')
}

// The following code runs in the page.

/** A menu's button counts for its entries, which disappear with the menu. */
function rememberFocusOnPage(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || target.closest('[role=dialog]') !== null) return
    if (target.closest('[role=menu], [role=alert]') === null) Object.assign(window, { opener: target })
  })
}

function isFocusInDialog(): boolean {
  return document.activeElement?.closest('[role=dialog]') != null
}

/**
 * Also where the browser would not show a focus that a script has set: whether Firefox does depends on what had the
 * focus before, and Chromium can be told not to.
 */
function showsFocus(): boolean {
  const focused = document.activeElement as HTMLElement
  focused.blur()
  focused.focus({ focusVisible: false })
  const { outlineStyle, outlineWidth } = getComputedStyle(focused)
  return outlineStyle === 'solid' && outlineWidth !== '0px'
}

function isFocusBack(): boolean {
  const { opener } = window as { opener?: HTMLElement }
  return opener !== undefined && document.activeElement === opener
}

/** Resolves once the page has shown nothing new for a while: its parts load one after another. */
function untilStill(): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, 500)
    new MutationObserver(() => {
      clearTimeout(timer)
      timer = setTimeout(resolve, 500)
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
  })
}

/** A group of radio buttons is one stop, and so is what only a pointer uses (`tabindex` -1) none. */
function countPressable(): number {
  const groups = new Set<string>()
  return [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex]')].filter(
    (element) => {
      if (element.tabIndex < 0 || element.matches(':disabled') || element.getClientRects().length === 0) return false
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
      const isFirst = !groups.has(element.name)
      groups.add(element.name)
      return isFirst
    },
  ).length
}

/** null once the focus has left the page. */
function describeFocus(): { name: string; mark: string; shows: boolean } | null {
  const focused = document.activeElement
  if (!(focused instanceof HTMLElement) || focused === document.body) return null
  focused.dataset['mark'] ??= `${Math.random()}`
  const isOutlined = (element: Element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
  }
  // A field shows its focus by its frame, and a hidden input by an element next to it or around it.
  const around = [focused, focused.nextElementSibling, focused.parentElement, focused.closest('label')]
  const hasFrame = focused.matches('input:not([type=radio], [type=checkbox]), select, textarea')
  const shows = hasFrame || around.some((element) => element != null && isOutlined(element))
  const mark = focused instanceof HTMLInputElement && focused.type === 'radio' ? focused.name : focused.dataset['mark']
  return { name: focused.outerHTML.slice(0, 200), mark, shows }
}
