import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setupSchema } from '#shared/records/backup.ts'
import { makeCertificate } from '../support/certificates.ts'
import { expectAccessible, freshLink, goTo, holdUndo, openConsole, servedConsole } from '../support/console-page.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const served = servedConsole()
let page: Page
let dir: TempDir

beforeAll(async () => {
  dir = await createTempDir()
})
afterAll(() => dir?.remove())
beforeEach(async () => {
  // A test that failed in German must not fail those behind it.
  await served.serve.call('PATCH /api/settings', { language: 'auto' })
  page = await served.open()
})

function settings() {
  return served.serve.call('GET /api/settings', {})
}

it('speaks another language at once, stays on its page, and takes it back', async () => {
  await goTo(page, '/settings', 'Settings')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  expect((await settings()).language).toBe('de')
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  expect((await settings()).language).toBe('auto')
})

it('trusts a certificate for an https upstream, chosen as a file, and takes it back', async () => {
  const { upstream } = await settings()
  const { cert } = await makeCertificate()
  await served.serve.call('PATCH /api/settings', { upstream: 'https://127.0.0.1:9' })
  await goTo(page, '/settings/ollama', 'Settings')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.pem', mimeType: 'text/plain', buffer: Buffer.from('no') })
  await page.getByText('This is not a certificate').waitFor()
  const der = Buffer.from(new X509Certificate(cert).raw)
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.cer', mimeType: 'application/x-x509-ca-cert', buffer: der })
  await holdUndo(page)
  await page.getByText('A certificate is set.').waitFor()
  expect(new X509Certificate((await settings()).upstreamCertificate ?? '').raw.equals(der)).toBe(true)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('A certificate is set.').waitFor({ state: 'detached' })
  expect((await settings()).upstreamCertificate).toBeNull()
  await served.serve.call('PATCH /api/settings', { upstream })
})

it('goes through its parts with the keyboard, and the focus stays on the tab', async () => {
  await goTo(page, '/settings', 'Settings')
  await page.getByRole('link', { name: 'Data' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Backups', exact: true }).waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Data')
})

it('makes a backup, and asks before it goes back to it', async () => {
  await goTo(page, '/settings/data', 'Settings')
  await page.getByRole('button', { name: 'Make a backup' }).click()
  await page.getByRole('cell', { name: 'By you' }).waitFor()
  await page
    .getByRole('button', { name: /^Restore:/ })
    .first()
    .click()
  await page.getByRole('dialog').getByText('This happens at once.').waitFor()
  await page.getByRole('button', { name: 'Restore now' }).click()
  await page.getByText('Everything is as it was on').waitFor()
  await page.getByRole('cell', { name: 'Kept when a backup was restored' }).waitFor()
  await expectAccessible(page)
})

it('carries the setup to another computer by a file, and says what is not one', async () => {
  await goTo(page, '/settings/data', 'Settings')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save the file' }).click()
  const path = join(dir.path, 'setup.json')
  await (await download).saveAs(path)
  const setup = setupSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  expect(setup.keys).toHaveLength(1)
  const wrong = join(dir.path, 'wrong.json')
  await writeFile(wrong, '{"keys":[]}')
  await page.locator('input[type=file]').setInputFiles(wrong)
  await page.getByText('This is not a file that Latchkey saved').waitFor()
  await page.locator('input[type=file]').setInputFiles(path)
  await page.getByRole('dialog').getByText('with 1 key and 0 sites').waitFor()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText('Imported 0 keys and 0 sites. 1 key already existed.').waitFor()
})

it('tells who changed what, and names what it is made of with each licence', async () => {
  await goTo(page, '/settings/changes', 'Settings')
  await page.getByRole('row', { name: /Key “Browser” made.*Owner/ }).waitFor()
  await goTo(page, '/settings/about', 'Settings')
  await page.getByRole('button', { name: 'Show their licences' }).click()
  await page.getByText('better-sqlite3', { exact: true }).click()
  await page.getByText('Joshua Wise').waitFor()
  await expectAccessible(page)
})

describe('an Ollama that could stand aside', () => {
  let other: Serve

  beforeAll(async () => {
    other = await startServe({ args: ['--upstream', 'http://127.0.0.1:11434'] })
    await other.createKey()
  })
  afterAll(() => other?.stop())

  it('is moved step by step for each system, with lines to copy', async () => {
    const elsewhere = await openConsole(served.browser, await freshLink(other))
    await goTo(elsewhere, '/settings/access', 'Settings')
    await elsewhere.getByRole('button', { name: 'Show me how' }).click()
    await elsewhere.getByText('Windows', { exact: true }).click()
    await elsewhere.getByText('setx OLLAMA_HOST 127.0.0.1:11436').waitFor()
    await expectAccessible(elsewhere)
    await elsewhere.context().close()
  })
})
