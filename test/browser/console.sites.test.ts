import type { Locator, Page } from 'playwright'
import { beforeEach, expect, it } from 'vitest'
import { expectAccessible, expectAccessibleInBoth, goTo, servedConsole, useKey } from '../support/console-page.ts'

const served = servedConsole()
let page: Page

beforeEach(async () => {
  page = await served.open('/sites', 'Sites & extensions')
})

/** The status of a site's request with a valid key. */
const callFrom = (origin: string) => useKey(served.serve, { secret: served.secret, origin })

it('a site that calls appears by itself, with the name people know it by', async () => {
  await callFrom('chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo')
  await rowOf('Page Assist').getByText('had a valid key').waitFor()
})

it('switching a site off refuses its next request, and undoing lets it in again', async () => {
  const origin = 'https://switched.example'
  await callFrom(origin)
  await rowOf('switched.example').locator('.mantine-Switch-track').click()
  await page.getByText('switched.example is blocked.').waitFor()
  expect(await callFrom(origin)).toBe(403)
  await page.getByRole('button', { name: 'Undo' }).click()
  await rowOf('switched.example').getByText('Allowed', { exact: true }).waitFor()
  expect(await callFrom(origin)).toBe(200)
})

it('an extension that is blocked can still read, so turning off its key is offered beside it', async () => {
  const origin = 'chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh'
  const own = await served.serve.createKey({ name: 'Its own' })
  const read = async () => (await listModelsWith(own.secret)).status
  expect(await useKey(served.serve, { secret: own.secret, origin })).toBe(200)
  await rowOf('Extension aaaabbbb…').locator('.mantine-Switch-track').click()
  await page.getByText('It can still read, such as the list of models').waitFor()
  await expectAccessible(page)
  expect(await useKey(served.serve, { secret: own.secret, origin })).toBe(403)
  expect(await read()).toBe(200)
  await page.getByRole('button', { name: 'Turn off the key “Its own”' }).click()
  await page.getByText('“Its own” is switched off.').waitFor()
  expect(await read()).toBe(401)
})

it('extensions of Firefox and Safari are distinguished by key and by first use', async () => {
  const [before, now] = ['moz-extension://11111111-aaaa', 'moz-extension://22222222-bbbb']
  const own = await served.serve.createKey({ name: 'Sidebar' })
  for (const origin of [before, now]) expect(await useKey(served.serve, { secret: own.secret, origin })).toBe(200)
  await callFrom('safari-web-extension://33333333-cccc')
  const group = page.getByRole('listitem')
  const card = page.locator('section').filter({ hasText: 'Extensions of Firefox and Safari' })
  await card.getByRole('heading', { name: 'Uses the key “Sidebar”' }).waitFor()
  await card.getByRole('heading', { name: 'Uses the key “Browser”' }).waitFor()
  await group
    .filter({ hasText: 'Extension 22222222…' })
    .getByText(/^first seen /)
    .waitFor()
  await expectAccessibleInBoth(page)
  await card.getByRole('button', { name: 'Turn off the key “Sidebar”' }).click()
  await card.getByText('This key is off').waitFor()
  expect(await useKey(served.serve, { secret: own.secret, origin: now })).toBe(401)
})

it('undoing a forgotten block blocks again', async () => {
  const origin = 'https://forgotten.example'
  await served.serve.call('POST /api/origins/decide', { origin, status: 'blocked' })
  await rowOf('forgotten.example').getByText('Blocked').waitFor()
  await page.getByRole('button', { name: 'More for forgotten.example' }).click()
  await page.getByRole('menuitem', { name: 'Forget' }).click()
  await rowOf('forgotten.example').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await rowOf('forgotten.example').getByText('Blocked').waitFor()
  expect(await callFrom(origin)).toBe(403)
})

it('a site can be blocked before it has ever called', async () => {
  await page.getByRole('button', { name: 'Add a site' }).click()
  await page.getByRole('textbox', { name: 'Its address' }).fill('not an origin')
  await page.getByRole('button', { name: 'Block it' }).click()
  await page.getByText('A site looks like').waitFor()
  await page.getByRole('textbox', { name: 'Its address' }).fill('https://never.example/')
  await page.getByRole('button', { name: 'Block it' }).click()
  await rowOf('never.example').getByText('Blocked').waitFor()
  expect(await callFrom('https://never.example')).toBe(403)
})

it('a site can get a name of its own', async () => {
  await callFrom('https://renamed.example')
  await page.getByRole('button', { name: 'More for renamed.example' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('The kitchen tablet')
  await page.getByRole('button', { name: 'Save' }).click()
  await rowOf('The kitchen tablet').getByText('https://renamed.example').waitFor()
})

it('the table tells what each used, shows only the blocked, and is searched', async () => {
  await callFrom('https://counted.example')
  await rowOf('counted.example').getByText('23 tokens').waitFor()
  await rowOf('counted.example').getByText('1 request').waitFor()
  await served.serve.call('POST /api/origins/decide', { origin: 'https://away.example', status: 'blocked' })
  await page.getByText(/^Blocked \d+$/).click()
  await rowOf('counted.example').waitFor({ state: 'detached' })
  await rowOf('away.example').waitFor()
  await page.getByText(/^All \d+$/).click()
  await page.getByRole('searchbox', { name: 'Search sites and extensions' }).fill('counted')
  await rowOf('away.example').waitFor({ state: 'detached' })
  await rowOf('counted.example').waitFor()
})

it('the rule for new sites is set on the same page', async () => {
  await setPolicy(/Ask me first/)
  expect(await callFrom('https://asked.example')).toBe(403)
  await page.getByRole('button', { name: 'Block: asked.example' }).click()
  await rowOf('asked.example').getByText('Blocked').waitFor()
  await setPolicy(/A key is enough/)
})

it('a stranger waits for an answer on every page, and is let in by it', async () => {
  const origin = 'https://stranger.example'
  await goTo(page, '/settings/access', 'Settings')
  await setPolicy(/Ask me first/)
  await goTo(page, '/', 'Home')
  expect(await callFrom(origin)).toBe(403)
  await page.getByRole('button', { name: 'Allow: stranger.example' }).click()
  await page.getByRole('button', { name: 'Allow: stranger.example' }).waitFor({ state: 'detached' })
  expect(await callFrom(origin)).toBe(200)
  await goTo(page, '/settings/access', 'Settings')
  await setPolicy(/A key is enough/)
})

/** As a browser sends a GET of an extension with host permission: without its Origin. */
function listModelsWith(secret: string): Promise<Response> {
  return fetch(`${served.serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
}

/** Chooses a rule for strangers, and waits until it is in effect. */
async function setPolicy(name: RegExp): Promise<void> {
  const saved = page.waitForResponse((response) => response.request().method() === 'PATCH')
  await page.getByRole('radio', { name }).click()
  expect((await saved).status()).toBe(200)
}

function rowOf(name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
}
