import type { Page } from 'playwright'
import { beforeEach, expect, it } from 'vitest'
import { expectAccessible, goTo, servedConsole } from '../support/console-page.ts'

// The pages' behaviour in the desktop app, whose window shows the same pages.
const served = servedConsole()
let page: Page

beforeEach(async () => {
  page = await served.open()
})

it('follows a link to a recipe, with the app already chosen', async () => {
  await goTo(page, '/connect/page-assist', 'Connect an app')
  await page.getByRole('radio', { name: 'Page Assist' }).and(page.locator(':checked')).waitFor()
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Page Assist')
})

it.each(['no-such-app', '__proto__', 'constructor'])('takes a link to “%s” for one without an app', async (name) => {
  await goTo(page, `/connect/${name}`, 'Connect an app')
  await page.getByRole('radio', { name: 'Page Assist' }).waitFor()
  expect(await page.locator('input[type=radio]:checked').count()).toBe(0)
})

it('shows what the desktop app tells of itself, and copies diagnostics without it', async () => {
  await page.addInitScript(() => {
    const about = { electron: '45.4.1', chromium: '156', node: '24', dataDir: '/home/me/data', logFile: '/home/me/log' }
    Object.assign(window, { latchkeyDesktop: { shell: 'desktop', about: () => about } })
  })
  await page.reload()
  await goTo(page, '/settings/about', 'Settings')
  await page.getByRole('row', { name: 'Data folder /home/me/data' }).waitFor()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: /Copy diagnostics/ }).click()
  await page.getByRole('button', { name: /Copied/ }).waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toMatch(/^Latchkey \d/)
  expect(copied).not.toContain('/home/me')
  await expectAccessible(page)
})

it('sets Ollama’s own key, says that it is set, and asks before it takes it away', async () => {
  await goTo(page, '/settings/ollama', 'Settings')
  await page.getByLabel('Ollama’s own key').fill('pass word')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByText('This is not a key').waitFor()
  await page.getByLabel('Ollama’s own key').fill('pass.word')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByText('A key is set').waitFor()
  expect(await page.content()).not.toContain('pass.word')
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByRole('dialog').getByText('Latchkey cannot bring it back').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('A key is set').waitFor()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('Only if your Ollama requires one').waitFor()
})
