import type { Page } from 'playwright'
import { afterEach, describe, expect, it } from 'vitest'
import { expectAccessible, expectAccessibleInBoth, goTo, servedConsole, useKey } from '../support/console-page.ts'
import { LANGUAGE_TAGS, LOCALES, PEOPLE_TEXTS } from '../support/texts.ts'
import { addAuthenticator } from '../support/virtual-authenticator.ts'
import { invite, namedConsole, PHONE, visit } from '../support/visitor.ts'

const PASSWORD = 'four quiet rivers bend'

const served = servedConsole()
const opened: Page[] = []

afterEach(async () => {
  for (const page of opened.splice(0)) await page.context().close()
  await served.serve.call('PATCH /api/settings', { registration: 'invite', localSignIn: true, providers: [] })
})

async function open(...[url, options]: [url: string, options?: Parameters<typeof visit>[2]]): Promise<Page> {
  const page = await visit(served.browser, url, options)
  opened.push(page)
  return page
}

const personNamed = async (name: string) =>
  (await served.serve.call('GET /api/people', {})).find((person) => person.name === name)

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const signInPage = () => open(`${namedConsole(served.serve)}sign-in`)

/** Joins with a password and resolves to the console that opens. */
async function joinAs(name: string, invitation: Parameters<typeof invite>[1] = {}, options = {}): Promise<Page> {
  const page = await open((await invite(served.serve, { name, ...invitation })).link, options)
  await page.getByRole('radio', { name: /^Password/ }).check()
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Join' }).click()
  await inside(page).waitFor()
  return page
}

/** Something that only somebody who is signed in sees. */
const inside = (page: Page) =>
  page.getByRole('link', { name: 'Home' }).or(page.getByRole('button', { name: 'Look around first' }))

async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByRole('textbox', { name: 'Name or e-mail address' }).fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function navigation(page: Page): Promise<string[]> {
  const links = page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link')
  return (await links.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== 'Latchkey')
}

describe('joining', () => {
  it('a guest joins on a phone with a passkey, connects an app, sees their usage, and is out once paused', async () => {
    const { link } = await invite(served.serve, { name: 'Gina', role: 'guest' })
    const page = await open(link, { viewport: PHONE })
    const phone = await addAuthenticator(page)
    await page.getByText('Owner invites you').waitFor()
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Join' }).click()
    await heading(page, 'Connect an app').waitFor()
    expect(await phone.count()).toBe(1)
    expect(await navigation(page)).toEqual(['Home', 'Usage', 'Connect', 'Account'])
    await page.getByRole('radio', { name: 'Page Assist' }).check()
    await page.getByRole('button', { name: 'Show the key' }).click()
    const secret = await page
      .locator('code', { hasText: /^sk-lk-/ })
      .first()
      .innerText()
    expect(await useKey(served.serve, { secret })).toBe(200)
    await page.getByText('Page Assist is connected').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await heading(page, 'Home').waitFor()
    await goTo(page, '/usage', 'My usage')
    await page.getByRole('table').getByText('sample-small').waitFor()
    await expectAccessible(page)
    await goTo(page, '/account', 'My account')
    await page.getByRole('heading', { name: 'Your key' }).waitFor()
    await expectAccessibleInBoth(page)
    const { id = '' } = (await personNamed('Gina')) ?? {}
    await served.serve.call('PATCH /api/people/:id', { state: 'paused' }, id)
    await heading(page, 'Sign in to Latchkey').waitFor()
    expect(await useKey(served.serve, { secret })).toBe(403)
  })

  it('a passkey that the person refuses leaves the invitation open', async () => {
    const { link } = await invite(served.serve, { name: 'Ruth' })
    const page = await open(link)
    const phone = await addAuthenticator(page)
    await phone.agree(false)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('No passkey was used.').waitFor()
    await phone.agree(true)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('Welcome').or(heading(page, 'Home')).first().waitFor()
    expect(await personNamed('Ruth')).toMatchObject({ role: 'member', state: 'active' })
  })

  it('an invitation works once, and a used one looks like one that never was', async () => {
    const { link } = await invite(served.serve, { name: 'Lena' })
    const first = await open(link)
    await first.getByRole('radio', { name: /^Password/ }).check()
    await first.getByLabel('Password', { exact: true }).fill('short')
    await first.getByRole('button', { name: 'Join' }).click()
    await first.getByRole('alert').waitFor()
    await first.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await first.getByRole('button', { name: 'Join' }).click()
    await first.getByText('Welcome').first().waitFor()
    const sentences = []
    for (const url of [link, `${namedConsole(served.serve)}join#never-was-there`]) {
      const page = await open(url)
      await heading(page, 'You cannot join with this').waitFor()
      sentences.push(await page.getByRole('alert').innerText())
      await expectAccessible(page)
    }
    expect(new Set(sentences).size).toBe(1)
  })

  it('at an address without a name, it offers a password alone and says why', async () => {
    const { code } = await invite(served.serve, { name: 'Ida' })
    const page = await open(`${served.serve.console.replace(/#.*/, '')}join#${code}`)
    await page.getByText('Passkeys work only if you open Latchkey by a name').waitFor()
    expect(await page.getByRole('radio').count()).toBe(0)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('Welcome').first().waitFor()
  })

  it('without an invitation, the person asks and an operator lets them in', async () => {
    await served.serve.call('POST /api/people', { name: 'Somebody' })
    await served.serve.call('PATCH /api/settings', { registration: 'approval' })
    const page = await signInPage()
    await page.getByRole('link', { name: 'Ask to join' }).click()
    await heading(page, 'Ask to join Latchkey').waitFor()
    await page.getByRole('textbox', { name: 'Your name' }).fill('Quinn')
    await page.getByRole('radio', { name: /^Password/ }).check()
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Ask to join' }).click()
    await heading(page, 'Almost there').waitFor()
    await expectAccessibleInBoth(page)
    const operator = await served.open()
    await operator.getByRole('button', { name: 'Let in Quinn' }).click()
    await operator.getByText('Quinn can sign in now.').waitFor()
    await page.getByRole('link', { name: 'Sign in to Latchkey' }).click()
    await signIn(page, 'Quinn')
    await page.getByText('Welcome').first().waitFor()
  })
})

/** The link with which somebody who is here gets in again. */
async function letIn(name: string): Promise<string> {
  const { id = '' } = (await personNamed(name)) ?? {}
  const { code } = await served.serve.call('POST /api/people/:id/invitations', {}, id)
  return `${namedConsole(served.serve)}join#${code}`
}

describe('getting in again', () => {
  it('with another password, under one’s own name, and signed out on the lost device', async () => {
    const lost = await joinAs('Klara')
    const page = await open(await letIn('Klara'), { viewport: PHONE })
    await heading(page, 'Welcome back, Klara').waitFor()
    await page.getByText('Owner lets you in again').waitFor()
    expect(await page.getByRole('textbox', { name: 'Your name' }).count()).toBe(0)
    await page.getByRole('radio', { name: /^Password/ }).check()
    await expectAccessibleInBoth(page)
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByRole('button', { name: 'Let me in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password', { exact: true }).fill('seven loud rivers bend')
    await page.getByRole('button', { name: 'Let me in' }).click()
    await inside(page).waitFor()
    await heading(lost, 'Sign in to Latchkey').waitFor()
    await signIn(lost, 'Klara', 'seven loud rivers bend')
    await inside(lost).waitFor()
    expect(
      (await served.serve.call('GET /api/people', {})).filter(({ name }) => name.startsWith('Klara')),
    ).toHaveLength(1)
  })

  it('with a passkey, once, and then the link looks like one that never was', async () => {
    await joinAs('Luis')
    const link = await letIn('Luis')
    const page = await open(link)
    const phone = await addAuthenticator(page)
    await page.getByRole('button', { name: 'Let me in' }).click()
    await inside(page).waitFor()
    expect(await phone.count()).toBe(1)
    const again = await open(link)
    await heading(again, 'You cannot join with this').waitFor()
    await page.reload()
    await goTo(page, '/account', 'My account')
    await page.getByText('Passkey').first().waitFor()
  })

  it('offers the other services only to sign in as before, where passwords and passkeys are off', async () => {
    await joinAs('Rita')
    const link = await letIn('Rita')
    const hub = { id: 'hub', name: 'Hub', preset: 'github', issuer: null, clientId: 'id' } as const
    await served.serve.call('PATCH /api/settings', { providers: [hub] })
    const on = await open(link)
    await on.getByRole('button', { name: 'Let me in' }).waitFor()
    expect(await on.getByRole('button', { name: 'Continue with Hub' }).count()).toBe(0)
    await served.serve.call('PATCH /api/settings', { localSignIn: false })
    const off = await open(link)
    await off.getByRole('button', { name: 'Continue with Hub' }).waitFor()
    expect(await off.getByRole('button', { name: 'Let me in' }).count()).toBe(0)
  })
})

describe('signing in', () => {
  it('a wrong password and an unknown name are refused alike', async () => {
    await joinAs('Mia')
    const page = await signInPage()
    const refusals = []
    for (const name of ['Mia', 'Nobody']) {
      await signIn(page, name, 'not the password')
      refusals.push(await page.getByRole('alert').innerText())
      await page.reload()
    }
    expect(refusals[0]).toBe(refusals[1])
    await expectAccessibleInBoth(page)
    await signIn(page, 'Mia')
    await page.getByText('Welcome').first().waitFor()
  })

  it('a passkey added to the account signs in without a name', async () => {
    const page = await joinAs('Paul')
    const phone = await addAuthenticator(page)
    await goTo(page, '/account', 'My account')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('textbox', { name: 'Name of the passkey' }).fill('Laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('Passkey: Laptop').waitFor()
    expect(await phone.count()).toBe(1)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await heading(page, 'Sign in to Latchkey').waitFor()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('Welcome').first().waitFor()
    await goTo(page, '/account', 'My account')
    await page.getByText('last used just now').first().waitFor()
  })

  it('says why another service sent the person back, in the address no longer', async () => {
    await joinAs('Vito')
    const page = await open(`${namedConsole(served.serve)}sign-in#problem=too_many_attempts`)
    await page.getByText('Too many attempts.').waitFor()
    expect(new URL(page.url()).hash).toBe('')
    await expectAccessible(page)
  })

  it.each(LANGUAGE_TAGS)('fits a phone: %s', async (language) => {
    await served.serve.call('POST /api/people', { name: 'Somebody else' })
    const words = PEOPLE_TEXTS[language]
    const name = 'A name that is as long as names of people can be'
    const { code } = await invite(served.serve, { name })
    if ((await personNamed(name)) === undefined) await served.serve.call('POST /api/people', { name })
    const again = new URL(await letIn(name))
    for (const [path, title] of [
      ['sign-in', words.signIn.title],
      [`join#${code}`, words.join.title],
      [`join${again.hash}`, words.join.again.title({ name })],
    ] as const) {
      const options = { viewport: { width: 320, height: 640 }, locale: LOCALES[language] }
      const page = await open(`${namedConsole(served.serve)}${path}`, options)
      await heading(page, title).waitFor()
      expect(await overflow(page), path).toBeLessThanOrEqual(0)
    }
  })
})

describe('one’s own account', () => {
  it('a member changes name, picture and password, and ends another session', async () => {
    const page = await joinAs('Nora')
    await goTo(page, '/account', 'My account')
    await page.getByRole('textbox', { name: 'Your name' }).fill('Nora K.')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => personNamed('Nora K.')).toBeDefined()
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose a picture' }).click()
    await (await choosing).setFiles({ name: 'me.png', mimeType: 'image/png', buffer: await page.screenshot() })
    await page.getByRole('button', { name: 'Remove the picture' }).waitFor()
    expect((await personNamed('Nora K.'))?.picture).toMatch(/^data:image\/jpeg;base64,/)
    await page.getByRole('button', { name: 'Change the password' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Current password').fill('not this')
    await dialog.getByLabel('New password').fill('seven loud rivers bend')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('alert').waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Current password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The password is changed, and your other devices are signed out.').waitFor()
    const other = await signInPage()
    await signIn(other, 'Nora K.', 'seven loud rivers bend')
    await other.getByText('Welcome').first().waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await heading(other, 'Sign in to Latchkey').waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'detached' })
  })

  it('an operator ends all sessions of somebody', async () => {
    const page = await joinAs('Otto')
    const operator = await served.open('/people', 'People')
    await operator.getByRole('button', { name: 'More for Otto' }).click()
    await operator.getByRole('menuitem', { name: 'Where signed in' }).click()
    await operator.getByRole('button', { name: 'Sign out everywhere' }).click()
    await heading(page, 'Sign in to Latchkey').waitFor()
  })
})

describe('the pages of a role', () => {
  const PAGES = {
    member: ['Home', 'My keys', 'My usage', 'Connect an app', 'My account'],
    guest: ['Home', 'My usage', 'Connect an app', 'My account'],
  } as const

  it.each(['member', 'guest'] as const)(
    'a %s finds their pages and no others, and asks for nothing else',
    async (role) => {
      const page = await joinAs(`A ${role}`, { role })
      if (role === 'member') await page.getByRole('button', { name: 'Look around first' }).click()
      const refused: string[] = []
      page.on('response', (answer) => {
        if (answer.status() === 403) refused.push(answer.url())
      })
      await goTo(page, '/account', 'My account')
      expect(await navigation(page)).toEqual(PAGES[role])
      for (const name of [...PAGES[role]].reverse()) {
        await page.getByRole('link', { name, exact: true }).first().click()
        await heading(page, name).waitFor()
        await expectAccessible(page)
      }
      for (const path of ['/settings', '/people', '/sites', ...(role === 'guest' ? ['/keys'] : [])]) {
        await page.goto(`${page.url().replace(/#.*/, '')}#${path}`)
        await heading(page, 'Home').waitFor()
      }
      await goTo(page, '/activity', 'Activity')
      expect(refused).toEqual([])
    },
  )

  it('a member makes a key of their own, which may not widen what they may do', async () => {
    const page = await joinAs('Tara')
    await goTo(page, '/keys', 'My keys')
    await page.getByRole('button', { name: 'New key' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('radio', { name: /^Everything/ }).count()).toBe(0)
    expect(await dialog.getByRole('switch', { name: 'Cloud models and web search' }).count()).toBe(0)
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Tara’s phone')
    await dialog.getByRole('button', { name: 'Make the key' }).click()
    await page.getByRole('dialog').locator('code').first().waitFor()
    const { id } = (await personNamed('Tara')) ?? {}
    const keys = await served.serve.call('GET /api/keys', {})
    expect(keys.find(({ name }) => name === 'Tara’s phone')).toMatchObject({ person: id, scopes: ['chat', 'models'] })
    await page.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByRole('table').getByText('Tara’s phone').waitFor()
  })

  it('a member chooses colours and language for their own browser', async () => {
    const page = await joinAs('Uwe')
    await goTo(page, '/account', 'My account')
    await page.getByRole('button', { name: 'Dark colours' }).click()
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
    await heading(page, 'Mein Konto').waitFor()
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    expect(await served.serve.call('GET /api/settings', {})).toMatchObject({ theme: 'auto', language: 'auto' })
  })
})

/** By how many pixels the page is wider than the window. */
function overflow(shown: Page): Promise<number> {
  return shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
