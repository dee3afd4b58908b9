import type { Locator, Page } from 'playwright'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAccessibleInBoth, holdUndo, patchFrom, servedConsole, useKey } from '../support/console-page.ts'

const served = servedConsole()
let page: Page

beforeAll(() => served.serve.createKey({ name: 'Already there' }))
beforeEach(async () => {
  page = await served.open('/keys', 'Keys')
})

describe('the keys', () => {
  it('a new key is shown once, and opens the gateway', async () => {
    const secret = await createKey('Phone')
    expect(await useKey(served.serve, { secret })).toBe(200)
    await page.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await rowOf('Phone').getByText('chat and see models').waitFor()
    expect(await page.content()).not.toContain(secret)
  })

  it('a key that is switched off opens nothing, and undoing opens it again', async () => {
    const { secret } = await keyInTable('Tablet')
    const enabled = page.getByRole('switch', { name: 'Tablet is on' })
    await rowOf('Tablet').locator('.mantine-Switch-track').click()
    await page.getByText('“Tablet” is switched off.').waitFor()
    await holdUndo(page)
    await enabled.and(page.locator(':not(:checked)')).waitFor({ state: 'attached' })
    expect(await useKey(served.serve, { secret })).toBe(401)
    await page.getByRole('button', { name: 'Undo' }).click()
    await enabled.and(page.locator(':checked')).waitFor({ state: 'attached' })
    expect(await useKey(served.serve, { secret })).toBe(200)
  })

  it('a deleted key opens nothing, and undoing brings it back with its secret', async () => {
    const { secret } = await keyInTable('Laptop')
    await openMenu('Laptop', 'Delete')
    await holdUndo(page)
    await rowOf('Laptop').waitFor({ state: 'detached' })
    expect(await useKey(served.serve, { secret })).toBe(401)
    await page.getByRole('button', { name: 'Undo' }).click()
    await rowOf('Laptop').waitFor()
    expect(await useKey(served.serve, { secret })).toBe(200)
  })

  it('a replaced key has a new secret at once, and the old one for as long as chosen', async () => {
    const { secret } = await keyInTable('Desk')
    await openMenu('Desk', 'Replace the key')
    await page.getByRole('radio', { name: 'Stop at once' }).check()
    await page.getByRole('button', { name: 'Make the new key' }).click()
    const replaced = await secretInDialog()
    expect(replaced).not.toBe(secret)
    expect(await useKey(served.serve, { secret })).toBe(401)
    expect(await useKey(served.serve, { secret: replaced })).toBe(200)
  })

  it('limits stand under “More”, and are kept', async () => {
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Kids')
    await page.getByRole('button', { name: /^More:/ }).click()
    await page.getByRole('combobox', { name: 'Only these models' }).fill('sample-small*')
    await page.getByRole('combobox', { name: 'Only these models' }).press('Enter')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const secret = await secretInDialog()
    expect(await useKey(served.serve, { secret, model: 'sample-large:7b' })).toBe(403)
    expect(await useKey(served.serve, { secret, model: 'sample-small' })).toBe(200)
    await page.getByRole('button', { name: 'I have copied it' }).click()
    await rowOf('Kids').getByText('certain models only').waitFor()
    await openMenu('Kids', 'Edit')
    await page.getByRole('dialog').getByText('sample-small*', { exact: true }).waitFor()
  })

  it('the dialog says in plain words what the key will be allowed to do', async () => {
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByText('This key may chat and see models. It works until you delete it.').waitFor()
    await page.getByRole('radio', { name: /Everything/ }).check()
    await page.getByText('This key may do everything that Ollama can, including deleting models.').waitFor()
    await page.getByRole('button', { name: /^More:/ }).click()
    await page.getByRole('combobox', { name: 'Only these models' }).click()
    await page.getByRole('option', { name: 'sample-small:latest' }).click()
    await page.getByRole('textbox', { name: 'Tokens per day' }).fill('5000')
    await page.getByText('Only with sample-small:latest. At most 5,000 tokens a day.').waitFor()
  })

  it('the dialog says which limits of the key’s person apply as well', async () => {
    const limits = { tokensPerDay: 50_000, hours: ['07:00-20:00'], models: ['sample-small'], online: false }
    await served.serve.call('POST /api/people', { name: 'Anna', ...limits })
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByRole('button', { name: /^More:/ }).click()
    await page.getByRole('combobox', { name: 'Whose key is it?' }).click()
    await page.getByRole('option', { name: 'Anna' }).click()
    const rules = 'Only with sample-small. At most 50,000 tokens a day. Only at these hours: 07:00-20:00.'
    await page.getByText(`For all keys of Anna together: ${rules}`, { exact: true }).waitFor()
    await page.getByRole('switch', { name: /^Cloud models/ }).check()
    await page.getByText(`${rules} Questions and answers stay on this computer.`).waitFor()
  })

  it('the table tells what was used of limits, by whom, and is searched and sorted', async () => {
    const { id, secret } = await keyInTable('Zoe')
    await patchFrom(page, `/api/keys/${id}`, { tokensPerDay: 100 })
    await useKey(served.serve, { secret, origin: 'https://zoe.example' })
    await rowOf('Zoe').getByText('23 tokens').waitFor()
    await rowOf('Zoe').getByText('23 of 100 tokens today').waitFor()
    await rowOf('Zoe').getByText('from zoe.example').waitFor()
    await page.getByRole('button', { name: 'Used today' }).click()
    await page.getByRole('columnheader', { name: 'Used today' }).and(page.locator('[aria-sort=descending]')).waitFor()
    await page.getByRole('searchbox', { name: 'Search keys' }).fill('zoe')
    await rowOf('Already there').waitFor({ state: 'detached' })
    await rowOf('Zoe').waitFor()
    await page.getByRole('searchbox', { name: 'Search keys' }).fill('nothing like it')
    await page.getByText('No key matches “nothing like it”.').waitFor()
  })

  it('a key tells where it is used, and leads to those requests', async () => {
    const { id, secret } = await keyInTable('Placed')
    await openMenu('Placed', 'Where it is used')
    await page.getByRole('dialog').getByText('Not used yet').waitFor()
    await page.keyboard.press('Escape')
    await useKey(served.serve, { secret, origin: 'https://placed.example' })
    await rowOf('Placed').getByText('from placed.example').waitFor()
    await openMenu('Placed', 'Where it is used')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('region', { name: 'Programs' }).getByText('1 request').waitFor()
    await dialog.getByRole('region', { name: 'Models' }).getByText('sample-small').waitFor()
    await expectAccessibleInBoth(page)
    await dialog.getByRole('link', { name: 'placed.example' }).click()
    await page.getByRole('heading', { name: 'Activity' }).waitFor()
    const site = page.getByRole('combobox', { name: 'Site' })
    await expect.poll(() => site.inputValue()).toBe('https://placed.example')
    expect(await page.getByRole('combobox', { name: 'Key' }).inputValue()).toBe(id)
  })

  it('the dialog shows what is wrong with a key', async () => {
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('   ')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByRole('alert').getByText('Give the key a name.').waitFor()
  })

  it('a key made elsewhere appears by itself', async () => {
    await served.serve.createKey({ name: 'From the command line' })
    await rowOf('From the command line').waitFor()
  })
})

async function createKey(name: string): Promise<string> {
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Make the key' }).click()
  return secretInDialog()
}

/** A key that the table shows. */
async function keyInTable(name: string) {
  const key = await served.serve.createKey({ name })
  await rowOf(name).waitFor()
  return key
}

function secretInDialog(): Promise<string> {
  return page
    .getByRole('dialog')
    .locator('code')
    .filter({ hasText: /^sk-lk-/ })
    .innerText()
}

function rowOf(name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
}

async function openMenu(name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
