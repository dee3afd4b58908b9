import type { Browser, Locator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import { expectAccessible, freshLink, goTo, openConsole } from '../support/console-page.ts'
import { CROWD, writeCrowd } from '../support/crowd.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

/** Far fewer than one for each site. */
const MOST_ELEMENTS = 2000

const LISTS = [
  { page: 'home', path: '/', heading: 'Home' },
  { page: 'keys', path: '/keys', heading: 'Keys', rows: CROWD.keys },
  { page: 'sites', path: '/sites', heading: 'Sites & extensions', rows: CROWD.origins - CROWD.pending },
  { page: 'usage', path: '/usage', heading: 'Usage' },
  { page: 'activity', path: '/activity', heading: 'Activity' },
  { page: 'data', path: '/settings/data', heading: 'Settings' },
  { page: 'changes', path: '/settings/changes', heading: 'Settings' },
]

let browser: Browser
let serve: Serve
let data: TempDir
let page: Page

beforeAll(async () => {
  data = await createTempDir()
  await writeCrowd(data.path, CROWD)
  serve = await startServe({ dataDir: data.path })
  browser = await launchForPages()
  page = await openConsole(browser, await freshLink(serve))
})
afterAll(async () => {
  await browser?.close()
  await serve?.stop()
  await data?.remove()
})

describe('with 5,000 sites and 300 keys', () => {
  it.each(LISTS.map((list) => [list.page, list] as const))(
    '%s draws only the rows in sight, at the top and at the end',
    async (_, { path, heading, rows }) => {
      await goTo(page, path, heading)
      await page.getByRole('row').nth(1).or(page.getByText('No backups yet')).first().waitFor()
      expect(await countElements()).toBeLessThan(MOST_ELEMENTS)
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
      if (rows !== undefined) {
        const last = page.locator(`[aria-rowindex="${rows + 1}"]`)
        await last.waitFor()
        expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(rows + 1))
      }
      expect(await countElements()).toBeLessThan(MOST_ELEMENTS)
    },
  )

  it('the table of usage by site draws only the rows in sight, and its search finds the others', async () => {
    await goTo(page, '/usage', 'Usage')
    await page.getByText('By site', { exact: true }).click()
    const table = page.getByRole('table')
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(CROWD.origins + 1))
    expect(await countElements()).toBeLessThan(MOST_ELEMENTS)
    await page.getByRole('searchbox', { name: 'Search this table' }).fill('site-4321.example')
    await page.getByRole('row', { name: /site-4321\.example/ }).waitFor()
    await page.getByRole('searchbox', { name: 'Search this table' }).fill('nowhere')
    await page.getByText('Nothing in this table matches “nowhere”.').waitFor()
  })

  it.each([
    ['/sites', 'Sites & extensions', 'Search sites and extensions', 'site-4321.example'],
    ['/sites', 'Sites & extensions', 'Search the open questions', 'site-4999.example'],
    ['/keys', 'Keys', 'Search keys', 'Key 299'],
    // Further back than the page that was loaded.
    ['/settings/changes', 'Settings', 'Search the changes', '“Key 1”'],
  ])('on %s a search finds what was not drawn: %s, %s, %s', async (path, heading, search, wanted) => {
    await goTo(page, path, heading)
    const found = page.getByText(wanted).first()
    expect(await found.count()).toBe(0)
    const field = page.getByRole('searchbox', { name: search })
    await field.fill(wanted)
    await found.waitFor()
    await field.fill('')
  })

  it('the page shows a few waiting sites, and more on request', async () => {
    await goTo(page, '/', 'Home')
    const questions = page.getByRole('button', { name: /^Allow: / })
    await questions.first().waitFor()
    expect(await questions.count()).toBe(10)
    await page.getByRole('button', { name: 'Show 40 more' }).click()
    await expect.poll(() => questions.count()).toBe(50)
  })

  it('the filters of the activity search sites and keys by name and address', async () => {
    await goTo(page, '/activity', 'Activity')
    const site = page.getByRole('combobox', { name: 'Site' })
    await site.click()
    const options = page.getByRole('listbox').getByRole('option')
    await options.first().waitFor()
    expect(await options.count()).toBeLessThanOrEqual(50)
    await site.fill('site-4321')
    await page.getByRole('option', { name: 'site-4321.example' }).click()
    await rowCounts(1)
    expect(await site.inputValue()).toBe('site-4321.example')
    // The selection limits the list, but the list is still not drawn completely.
    await site.click()
    await expect.poll(() => options.count()).toBeGreaterThan(1)
    expect(await options.count()).toBeLessThanOrEqual(50)
    await site.fill('no such site')
    await page.getByText('Nothing found').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Show everything' }).click()
    await page.getByRole('combobox', { name: 'Key' }).fill('Key 298')
    await page.getByRole('option', { name: 'Key 298' }).click()
    await page
      .getByRole('row', { name: /Key 298/ })
      .first()
      .waitFor()
  })

  it('the sites of a key are found by the name a person gave them', async () => {
    await goTo(page, '/keys', 'Keys')
    await page.getByRole('button', { name: 'New key', exact: true }).click()
    await page.getByRole('button', { name: 'More: models, sites, limits' }).click()
    const sites = page.getByRole('combobox', { name: 'Only from these sites and extensions' })
    await sites.click()
    const options = page.getByRole('listbox').getByRole('option')
    await options.first().waitFor()
    expect(await options.count()).toBeLessThanOrEqual(50)
    await sites.fill('Site 4322')
    await page.getByRole('option', { name: 'Site 4322' }).click()
    await page.getByText('https://site-4322.example', { exact: true }).first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  })
})

it('a page begins at its top, however far down the one before was left', async () => {
  await goTo(page, '/sites', 'Sites & extensions')
  await page.getByRole('row').nth(1).waitFor()
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await page.locator(`[aria-rowindex="${CROWD.origins - CROWD.pending + 1}"]`).waitFor()
  await page.getByRole('link', { name: 'Keys' }).click()
  await page.locator('[aria-rowindex="2"]').waitFor()
  expect(await page.evaluate(() => window.scrollY)).toBe(0)
})

describe('the keyboard and screen readers in a long table', () => {
  it('the focus stays on its row while that scrolls out of sight, and the Tab key goes on from there', async () => {
    await goTo(page, '/sites', 'Sites & extensions')
    const menus = page.getByRole('row').getByRole('button', { name: /^More for / })
    await menus.first().waitFor()
    const first = menus.first()
    const name = await first.getAttribute('aria-label')
    await first.focus()
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
    await page.locator(`[aria-rowindex="${CROWD.origins - CROWD.pending + 1}"]`).waitFor()
    expect(await focusedName()).toBe(name)
    await page.keyboard.press('Tab')
    expect(await focusedRow()).toBe(3)
    await page.locator('[aria-rowindex="12"]').waitFor()
  })

  it('the Tab key goes from row to row, further than was drawn at first', async () => {
    await goTo(page, '/keys', 'Keys')
    await page.locator('[aria-rowindex="2"]').getByRole('switch').focus()
    const drawn = await page.getByRole('row').count()
    for (let row = 2; row < drawn + 20; row++) {
      expect(await focusedRow()).toBe(row)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await expect.poll(focusedRow).toBe(row + 1)
    }
  })

  it('nothing is wrong for screen readers', async () => {
    await goTo(page, '/sites', 'Sites & extensions')
    await page.getByRole('row').nth(1).waitFor()
    await expectAccessible(page)
  })
})

function countElements(): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('*').length)
}

async function rowCounts(rows: number): Promise<void> {
  const table: Locator = page.getByRole('table')
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(rows + 1))
}

function focusedName(): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null)
}

function focusedRow(): Promise<number> {
  return page.evaluate(() => Number(document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')))
}
