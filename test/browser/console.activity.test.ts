import type { Browser, Locator, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import {
  expectAccessible,
  freshLink,
  goTo,
  holdUndo,
  openConsole,
  servedConsole,
  useKey,
} from '../support/console-page.ts'
import { writePastUse } from '../support/past-use.ts'
import { runLatchkey, type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const SITE = 'https://recipes.example'

let page: Page

describe('requests as they happen', () => {
  const served = servedConsole({ key: { models: ['sample-small*'] } })
  let serve: Serve
  let secret: string

  beforeEach(async () => {
    ;({ serve, secret } = served)
    page = await served.open('/activity', 'Activity')
  })

  it('says that there is nothing, then shows each request by itself', async () => {
    await page.getByText('No requests yet').waitFor()
    await expectAccessible(page)
    await useKey(serve, { secret })
    await rowOf(/Browser.*Chat.*sample-small:latest.*Answered/).waitFor()
  })

  it('a blocked site has a plain reason, is allowed from its row, and is blocked again by Undo', async () => {
    await serve.call('POST /api/origins/decide', { origin: SITE, status: 'blocked' })
    expect(await useKey(serve, { secret, origin: SITE })).toBe(403)
    const row = rowOf(/Site blocked/)
    await row.getByText('The request came from a site or extension that is blocked.').waitFor()
    await row.getByRole('button', { name: 'Allow this site: recipes.example' }).click()
    await holdUndo(page)
    await row.getByText('Now allowed').waitFor()
    expect(await useKey(serve, { secret, origin: SITE })).toBe(200)
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.getByRole('button', { name: 'Allow this site: recipes.example' }).waitFor()
    expect(await useKey(serve, { secret, origin: SITE })).toBe(403)
    await serve.call('POST /api/origins/forget', { origin: SITE })
  })

  it('“Why?” explains a refusal, and its button removes the cause until Undo', async () => {
    const model = 'sample-large:7b'
    expect(await useKey(serve, { secret, model })).toBe(403)
    await rowOf(/Model not permitted/)
      .getByRole('button', { name: /^Why/ })
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('This key may not use that model.').waitFor()
    await dialog.getByText('Chat (POST /api/chat)').waitFor()
    await dialog.getByRole('button', { name: `Let “Browser” use ${model}` }).click()
    await holdUndo(page)
    await dialog.getByText('Done. Try again in the app.').waitFor()
    expect(await useKey(serve, { secret, model })).toBe(200)
    await page.getByRole('button', { name: 'Undo' }).click()
    await dialog.getByRole('button', { name: `Let “Browser” use ${model}` }).waitFor()
    expect(await useKey(serve, { secret, model })).toBe(403)
  })

  it('shows only what is chosen, also of what comes later', async () => {
    await useKey(serve, { secret })
    await rowOf(/Answered/)
      .first()
      .waitFor()
    await page.getByRole('combobox', { name: 'Result' }).selectOption('Refused')
    await rowOf(/Answered/)
      .first()
      .waitFor({ state: 'detached' })
    await useKey(serve, { secret })
    await useKey(serve, { secret: 'sk-lk-mistyped' })
    await rowOf(/Key mistyped/)
      .first()
      .waitFor()
    expect(await rowOf(/Answered/).count()).toBe(0)
    // A long list can be searched.
    await page.getByRole('combobox', { name: 'Reason' }).click()
    await page.getByRole('option', { name: 'Took too long' }).click()
    await page.getByText('No request matches').waitFor()
    await page.getByRole('button', { name: 'Show everything' }).first().click()
    await rowOf(/Answered/)
      .first()
      .waitFor()
  })

  it('a paused list does not move, counts the held-back requests, and shows them when it resumes', async () => {
    await useKey(serve, { secret })
    await rowOf(/Answered/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Pause the list' }).click()
    const before = await page.getByRole('row').allInnerTexts()
    await useKey(serve, { secret: 'sk-lk-paused-now' })
    const keptBack = page.getByRole('button', { name: /new requests?$/ })
    await keptBack.waitFor()
    expect(await page.getByRole('row').allInnerTexts()).toEqual(before)
    await page.getByRole('button', { name: 'Resume' }).click()
    await keptBack.waitFor({ state: 'detached' })
    expect(await page.getByRole('row').allInnerTexts()).not.toEqual(before)
  })
})

describe('thousands of requests', () => {
  const PER_DAY = 1500
  let browser: Browser
  let serve: Serve
  let data: TempDir

  beforeAll(async () => {
    data = await createTempDir()
    const { stdout } = await runLatchkey(['key', 'create', '--json', '--name', 'Busy', '--data-dir', data.path])
    const key = JSON.parse(stdout) as { id: string; secret: string }
    await writePastUse(data.path, { keys: [key.id], days: 2, perDay: PER_DAY })
    serve = await startServe({ dataDir: data.path })
    browser = await launchForPages()
    page = await openConsole(browser, await freshLink(serve))
    await goTo(page, '/activity', 'Activity')
  })
  afterAll(async () => {
    await browser?.close()
    await serve?.stop()
    await data?.remove()
  })

  it('only those in sight are in the page, down to the very first', async () => {
    await page.getByRole('row').nth(1).waitFor()
    let most = 0
    await expect
      .poll(
        async () => {
          await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
          most = Math.max(most, await page.getByRole('row').count())
          return page.getByText('That is everything.').isVisible()
        },
        { interval: 50 },
      )
      .toBe(true)
    expect(most).toBeLessThan(60)
    const last = await page.getByRole('row').last().getAttribute('aria-rowindex')
    expect(Number(last)).toBe(2 * PER_DAY + 1)
  })

  it('new rows that arrive while a person reads further down appear after one click', async () => {
    expect(await useKey(serve, { secret: 'sk-lk-meanwhile' })).toBe(401)
    const first = await page.getByRole('row').nth(1).innerText()
    await page.getByRole('button', { name: '1 new request' }).click()
    await rowOf(/Key mistyped/)
      .first()
      .waitFor()
    expect(await page.getByRole('row').nth(1).innerText()).not.toBe(first)
  })
})

function rowOf(text: RegExp): Locator {
  return page.getByRole('row', { name: text })
}
