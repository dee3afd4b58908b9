import type { Locator, Page } from 'playwright'
import { beforeEach, expect, it } from 'vitest'
import { goTo, servedConsole, useKey } from '../support/console-page.ts'

const served = servedConsole()
// The sample has no such model, so that what is let through is its 404.
const CLOUD = 'gpt-oss:20b-cloud'
let page: Page

beforeEach(async () => {
  page = await served.open('/', 'Home')
})

const use = (secret: string) => useKey(served.serve, { secret, model: CLOUD })
const question = (name: string) => page.getByText(`“${name}” wants to use a model that runs in Ollama’s cloud`)
const keyRow = (name: string): Locator => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })

it('the first use of a cloud model is a question on the first page, and yes lets the next one through', async () => {
  const key = await served.serve.createKey({ name: 'Page Assist' })
  expect(await use(key.secret)).toBe(403)
  await question('Page Assist').waitFor()
  await page.getByText('If you allow it, questions leave this computer.').waitFor()
  await page.getByRole('link', { name: /Keys/ }).getByText('1', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Allow: Page Assist' }).click()
  await question('Page Assist').waitFor({ state: 'detached' })
  expect(await use(key.secret)).toBe(404)
  await goTo(page, '/keys', 'Keys')
  await keyRow('Page Assist').getByText('may use the cloud and the web').waitFor()
})

it('“no” keeps the key on this computer, and the question does not return', async () => {
  const lumos = await served.serve.createKey({ name: 'Lumos' })
  await goTo(page, '/keys', 'Keys')
  expect(await use(lumos.secret)).toBe(403)
  await question('Lumos').waitFor()
  await page.getByRole('button', { name: 'No, keep it here: Lumos' }).click()
  await question('Lumos').waitFor({ state: 'detached' })
  expect(await use(lumos.secret)).toBe(403)
  await keyRow('Lumos').waitFor()
  expect(await question('Lumos').count()).toBe(0)
})

it('a new key stays on this computer unless that is switched on, and says so in plain words', async () => {
  await goTo(page, '/keys', 'Keys')
  await page.getByRole('button', { name: 'New key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('until you delete it. Questions and answers stay on this computer.').waitFor()
  await dialog.getByRole('radio', { name: /Everything/ }).check()
  await dialog
    .getByText('including deleting models. It works until you delete it. Questions and answers stay')
    .waitFor()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Cloudy')
  await dialog.getByRole('switch', { name: 'Cloud models and web search' }).check()
  await dialog.getByText('those questions leave this computer').waitFor()
  await dialog.getByRole('button', { name: 'Make the key' }).click()
  const secret = await page
    .getByRole('dialog')
    .getByText(/^sk-lk-/)
    .first()
    .innerText()
  expect(await use(secret)).toBe(404)
  await page.getByRole('button', { name: 'I have copied it' }).click()
})

it('a refused request offers to allow it, where it is shown', async () => {
  const raycast = await served.serve.createKey({ name: 'Raycast' })
  expect(await use(raycast.secret)).toBe(403)
  await goTo(page, '/activity', 'Activity')
  const row = page.getByRole('row', { name: 'Raycast' })
  await row.getByText('Would leave this computer').waitFor()
  await row.getByRole('button', { name: /^Why/ }).click()
  await page.getByRole('button', { name: 'Let “Raycast” use cloud models and web search' }).click()
  await page.getByText('Done. Try again in the app.').waitFor()
  expect(await use(raycast.secret)).toBe(404)
})
