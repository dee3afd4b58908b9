import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import { expectAccessibleInBoth, openConsole, useKey } from '../support/console-page.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let browser: Browser
let home: TempDir
let serve: Serve
let page: Page

beforeAll(async () => {
  browser = await launchForPages()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  home = await createTempDir()
  serve = await startServe({ env: { HOME: home.path } })
  page = await openConsole(browser, serve.console)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: /^Continue/ }).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByRole('heading', { name: 'Latchkey can write this for you' }).waitFor()
})
afterEach(async () => {
  await page?.context().close()
  await serve?.stop()
  await home.remove()
})

const path = () => join(home.path, '.continue', 'config.yaml')
const written = () => readFile(path(), 'utf8').catch(() => null)

it('the page shows what would change, writes it, and sees that the app is connected', async () => {
  const lines = page.getByRole('region', { name: path() })
  await lines.getByText('apiKey: "sk-lk-…"').first().waitFor()
  await expectAccessibleInBoth(page)
  expect(await written()).toBeNull()
  await page.getByRole('button', { name: 'Write the file' }).click()
  await page.getByText('Continue has its key').waitFor()
  await expectAccessibleInBoth(page)
  const [secret = ''] = /sk-lk-[a-z2-7]{39}/.exec((await written()) ?? '') ?? []
  // The key that the page has made, and no second one.
  expect(await serve.call('GET /api/keys', {})).toMatchObject([{ prefix: secret.slice(0, 12) }])
  expect(await useKey(serve, { secret })).toBe(200)
  await page.getByRole('heading', { name: 'Continue is connected' }).waitFor()
})

it('undoes it, and asks what becomes of the key', async () => {
  await page.getByRole('button', { name: 'Write the file' }).click()
  await page.getByText('Continue has its key').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  const dialog = page.getByRole('dialog', { name: 'Undo the change of Continue?' })
  await dialog.waitFor()
  await expectAccessibleInBoth(page)
  await dialog.getByRole('checkbox', { name: 'Also delete the key “Continue”' }).uncheck()
  await dialog.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: 'Write the file' }).waitFor()
  expect(await written()).toBeNull()
  expect(await serve.call('GET /api/keys', {})).toMatchObject([{ name: 'Continue' }])
})

it('says in the person’s words why it cannot write', async () => {
  await page.getByRole('button', { name: 'Write the file' }).waitFor()
  const other = await serve.call('POST /api/handover/plan', { app: 'continue' })
  await serve.call('POST /api/handover/apply', { app: 'continue', seen: other.seen })
  await page.getByRole('button', { name: 'Write the file' }).click()
  await page.getByText('Something has changed since the plan was shown.').waitFor()
  // It looked again meanwhile.
  await page.getByText('Continue has an earlier key from Latchkey.').waitFor()
  await page.getByRole('button', { name: 'Write the file' }).click()
  await page.getByText('Continue has its key').waitFor()
  expect(await serve.call('GET /api/keys', {})).toHaveLength(1)
})
