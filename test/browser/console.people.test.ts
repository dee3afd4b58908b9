import type { Page } from 'playwright'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  expectAccessible,
  expectAccessibleInBoth,
  freshLink,
  holdUndo,
  openConsole,
  servedConsole,
} from '../support/console-page.ts'
import { readCode } from '../support/read-qr.ts'
import { LANGUAGE_TAGS, LOCALES, PEOPLE_TEXTS } from '../support/texts.ts'

const served = servedConsole()
let page: Page

beforeEach(async () => {
  page = await served.open('/people', 'People')
})

const people = () => served.serve.call('GET /api/people', {})
const personNamed = async (name: string) => (await people()).find((person) => person.name === name)
const row = (name: string) => page.getByRole('listitem').filter({ hasText: name })

async function choose(name: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}` }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

describe('a person', () => {
  it('is added without sign-in, with limits, and the list names them', async () => {
    await page.getByRole('button', { name: 'Add without sign-in' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Tom')
    await dialog.getByRole('radio', { name: /^Guest/ }).check()
    await dialog.getByRole('button', { name: 'More: models, sites, limits' }).click()
    await dialog.getByRole('textbox', { name: 'Tokens per day' }).fill('5000')
    await dialog.getByRole('combobox', { name: 'Only at these hours' }).fill('7-20')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByText('Hours look like 07:30-20:00.').waitFor()
    expect(await personNamed('Tom')).toBeUndefined()
    await dialog.getByRole('combobox', { name: 'Only at these hours' }).press('Backspace')
    await dialog.getByRole('combobox', { name: 'Only at these hours' }).fill('07:00-20:00')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await row('Tom').getByText('no keys · only 07:00-20:00 · with limits').waitFor()
    expect(await personNamed('Tom')).toMatchObject({ role: 'guest', hours: ['07:00-20:00'], tokensPerDay: 5000 })
    await expectAccessibleInBoth(page)
  })

  it('is changed, and the change can be taken back', async () => {
    await served.serve.call('POST /api/people', { name: 'Vera', email: 'vera@example.org' })
    await choose('Vera', 'Change')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Vera B.')
    await dialog.getByRole('radio', { name: /^Admin/ }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await holdUndo(page)
    await row('Vera B.').getByText('Admin').waitFor()
    expect(await personNamed('Vera B.')).toMatchObject({ role: 'admin', email: 'vera@example.org' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row('Vera').getByText('Member').waitFor()
    expect(await personNamed('Vera')).toMatchObject({ role: 'member' })
  })

  it('is paused and resumed by its menu, and the toast takes a pause back', async () => {
    await served.serve.call('POST /api/people', { name: 'Pia' })
    await choose('Pia', 'Pause')
    await holdUndo(page)
    await row('Pia').getByText('Paused').waitFor()
    expect(await personNamed('Pia')).toMatchObject({ state: 'paused' })
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Undo' }).click()
    await row('Pia').getByText('Paused').waitFor({ state: 'detached' })
    expect(await personNamed('Pia')).toMatchObject({ state: 'active' })
  })

  it('is removed only after a question, with their keys', async () => {
    const { id } = await served.serve.call('POST /api/people', { name: 'Rolf' })
    await served.serve.createKey({ name: 'Rolf’s laptop', person: id })
    await row('Rolf').getByText('1 key').waitFor()
    await choose('Rolf', 'Remove')
    const dialog = page.getByRole('dialog', { name: 'Remove Rolf?' })
    await dialog.getByText('This cannot be undone.').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await personNamed('Rolf')).toBeDefined()
    await choose('Rolf', 'Remove')
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Rolf was removed.').waitFor()
    await row('Rolf').waitFor({ state: 'detached' })
    const keys = await served.serve.call('GET /api/keys', {})
    expect(keys.map(({ name }) => name)).not.toContain('Rolf’s laptop')
  })

  it('who is the owner cannot be paused or removed, and leads to the account', async () => {
    await page.getByRole('button', { name: 'More for Owner' }).click()
    await expect.poll(() => page.getByRole('menuitem').allInnerTexts()).toEqual(['My account', 'Change'])
    await page.getByRole('menuitem', { name: 'My account' }).click()
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
  })
})

describe('an invitation', () => {
  it('shows its link once, as a code for a phone too, and is revoked', async () => {
    await page.getByRole('button', { name: 'Invite someone' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'For whom?' }).fill('Carla')
    await dialog.getByRole('radio', { name: /^Guest/ }).check()
    await dialog.getByRole('combobox', { name: 'The link works for' }).selectOption('3 days')
    await dialog.getByRole('button', { name: 'Make the invitation' }).click()
    const issued = page.getByRole('dialog', { name: 'The invitation for Carla' })
    const link = new URL(await issued.locator('code').first().innerText())
    expect(link.pathname).toBe('/join')
    expect(link.hash.length).toBeGreaterThan(20)
    await expectAccessibleInBoth(page)
    // A wrong key press must not lose it.
    await page.keyboard.press('Escape')
    await issued.getByRole('button', { name: 'Done' }).click()
    await row('Carla').getByText('Open').waitFor()
    expect(await page.content()).not.toContain(link.hash)
    const [invitation] = await served.serve.call('GET /api/invitations', {})
    expect(invitation).toMatchObject({ name: 'Carla', role: 'guest', state: 'open' })
    await row('Carla').getByRole('button', { name: 'Revoke: Carla' }).click()
    await row('Carla').getByText('Revoked').waitFor()
    await expectAccessible(page)
  })

  it('has a code that a phone reads, where other devices can open the console', async () => {
    const link = 'https://kitchen.local:11501/join#abcdefghijklmnopqrstuvwxyz'
    await page.route('**/api/invitations', async (route) => {
      if (route.request().method() !== 'POST') return await route.continue()
      const answer = await route.fetch()
      await route.fulfill({ json: { ...((await answer.json()) as object), links: [link] } })
    })
    await page.getByRole('button', { name: 'Invite someone' }).click()
    await page.getByRole('button', { name: 'Make the invitation' }).click()
    expect(await readCode(page.getByRole('img', { name: 'Code with the link of the invitation' }))).toBe(link)
    expect(await page.getByText('Nobody can open it on another device yet').count()).toBe(0)
  })
})

describe('a person who has lost their way in', () => {
  it('is let in again by a link that is shown once, listed for them, and revoked', async () => {
    await served.serve.call('POST /api/people', { name: 'Hanna' })
    await choose('Hanna', 'Let in again')
    const dialog = page.getByRole('dialog', { name: 'Let Hanna in again' })
    await dialog.getByText('Keys, limits and usage stay.').waitFor()
    await expectAccessibleInBoth(page)
    await dialog.getByRole('combobox', { name: 'The link works for' }).selectOption('3 days')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const issued = page.getByRole('dialog', { name: 'The link for Hanna' })
    await issued.getByText('whoever uses it first gets in as Hanna').waitFor()
    const link = new URL(await issued.locator('code').first().innerText())
    expect(link.pathname).toBe('/join')
    await expectAccessible(page)
    await issued.getByRole('button', { name: 'Done' }).click()
    const entry = page.getByRole('list', { name: 'Invitations' }).getByRole('listitem').filter({ hasText: 'Hanna' })
    await entry.getByText('Gets in again').waitFor()
    expect(await page.content()).not.toContain(link.hash)
    const [invitation] = await served.serve.call('GET /api/invitations', {})
    expect(invitation).toMatchObject({ name: 'Hanna', person: (await personNamed('Hanna'))?.id, state: 'open' })
    await entry.getByRole('button', { name: 'Revoke: Hanna' }).click()
    await entry.getByText('Revoked').waitFor()
  })

  it('is not let in again while they are paused', async () => {
    const { id } = await served.serve.call('POST /api/people', { name: 'Piet' })
    await served.serve.call('PATCH /api/people/:id', { state: 'paused' }, id)
    await row('Piet').getByText('Paused').waitFor()
    await page.getByRole('button', { name: 'More for Piet' }).click()
    await expect
      .poll(() => page.getByRole('menuitem').allInnerTexts())
      .toEqual(['Change', 'Where signed in', 'Resume', 'Remove'])
  })
})

describe('somebody who asks to join', () => {
  it('is let in or declined, on Home and here', async () => {
    for (const name of ['Nele', 'Oskar']) {
      const { id } = await served.serve.call('POST /api/people', { name })
      await served.serve.call('PATCH /api/people/:id', { state: 'pending' }, id)
    }
    await page.getByRole('button', { name: 'Let in Nele' }).waitFor()
    await page.getByRole('link', { name: 'People' }).getByText('2').waitFor()
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Decline Oskar' }).click()
    await page.getByText('Oskar was declined.').waitFor()
    await page.getByRole('link', { name: 'Home' }).click()
    await page.getByRole('button', { name: 'Let in Nele' }).click()
    await page.getByText('Nele can sign in now.').waitFor()
    await page.getByRole('button', { name: 'Let in Nele' }).waitFor({ state: 'detached' })
    expect(await personNamed('Nele')).toMatchObject({ state: 'active' })
    expect(await personNamed('Oskar')).toBeUndefined()
  })
})

describe.each(LANGUAGE_TAGS)('on a phone, in %s', (language) => {
  it('people, one’s account and the settings for them need no scrolling sideways', async () => {
    const own = await openConsole(served.browser, await freshLink(served.serve), {
      locale: LOCALES[language],
      viewport: { width: 390, height: 844 },
    })
    const { invitations, ways, settings } = PEOPLE_TEXTS[language]
    const pages = [
      ['/people', invitations.title],
      ['/account', ways.title],
      ['/settings/people', settings.registration.title],
    ] as const
    for (const [path, heading] of pages) {
      await own.goto(`${own.url().replace(/#.*/, '')}#${path}`)
      await own.getByRole('heading', { level: 2, name: heading, exact: true }).waitFor()
      expect(await overflow(own), path).toBeLessThanOrEqual(0)
    }
    await own.context().close()
  })
})

/** By how many pixels the page is wider than the window. */
function overflow(shown: Page): Promise<number> {
  return shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
