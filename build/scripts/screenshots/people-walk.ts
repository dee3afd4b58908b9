import type { Browser, Page } from 'playwright'
import type { Serve } from '../../../test/support/serve.ts'
import { addAuthenticator } from '../../../test/support/virtual-authenticator.ts'
import { namedConsole, PHONE, visit } from '../../../test/support/visitor.ts'
import { ask } from './made-up-week.ts'

/** Where a phone at home would open the console. In the pictures only: this browser finds it on this computer. */
const SHOWN_AT = 'https://kitchen.local:11501'

interface Walk {
  readonly browser: Browser
  readonly serve: Serve
  /** The owner's console. */
  readonly page: Page
  /** In both colour schemes. */
  readonly picture: (page: Page, name: string) => Promise<void>
  readonly fileOf: (name: string, theme: 'light' | 'dark') => string
  readonly changeSettings: (page: Page, patch: object) => Promise<void>
}

/**
 * The owner invites somebody, who joins on a phone with a passkey, connects an app and sees what they use; then the owner
 * pauses them, and an answer that is being written ends.
 */
export async function picturePeople(walk: Walk): Promise<void> {
  const { serve, page, picture } = walk
  await serve.call('POST /api/people', { name: 'Anna', email: 'anna@example.org', tokensPerDay: 200_000 })
  await serve.call('POST /api/people', { name: 'Tom', role: 'guest', hours: ['07:00-20:00'], online: false })
  const link = await pictureInvitation(walk)
  await page.getByRole('button', { name: 'Done' }).click()
  await walk.changeSettings(page, { theme: 'auto' })
  const guest = await visit(walk.browser, link, { viewport: PHONE })
  try {
    const secret = await pictureGuest(walk, guest)
    await page.goto(new URL('#/people', page.url()).href)
    await page.getByText('Carla', { exact: true }).first().waitFor()
    await picture(page, 'people')
    await pause(walk, secret)
    await guest.getByRole('heading', { name: 'Sign in to Latchkey' }).waitFor()
    await walk.changeSettings(page, { theme: 'auto' })
    await pictureInBoth(walk, guest, 'phone-signed-out')
  } finally {
    await guest.context().close()
  }
}

/** Resolves to the link with which the phone of the walk opens the invitation. */
async function pictureInvitation({ serve, page, picture }: Walk): Promise<string> {
  let code = ''
  await page.route('**/api/invitations', async (route) => {
    if (route.request().method() !== 'POST') return await route.continue()
    const issued = (await (await route.fetch()).json()) as { code: string }
    code = issued.code
    await route.fulfill({ json: { ...issued, links: [`${SHOWN_AT}/join#${code}`] } })
  })
  await page.goto(new URL('#/people', page.url()).href)
  await page.getByRole('button', { name: 'Invite someone' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'For whom?' }).fill('Carla')
  await dialog.getByRole('radio', { name: /^Guest/ }).check()
  await dialog.getByRole('button', { name: 'Make the invitation' }).click()
  await page.getByRole('dialog', { name: 'The invitation for Carla' }).waitFor()
  await picture(page, 'invitation')
  await page.unroute('**/api/invitations')
  return `${namedConsole(serve)}join#${code}`
}

/** Resolves to the secret that the phone got. */
async function pictureGuest(walk: Walk, guest: Page): Promise<string> {
  await addAuthenticator(guest)
  await guest.getByText('Owner invites you').waitFor()
  await pictureInBoth(walk, guest, 'phone-join')
  await guest.getByRole('button', { name: 'Join' }).click()
  await guest.getByRole('radio', { name: 'Page Assist' }).check()
  await guest.getByRole('button', { name: 'Show the key' }).click()
  const secret = await guest
    .locator('code', { hasText: /^sk-lk-/ })
    .first()
    .innerText()
  await ask(walk.serve.gateway, { secret, model: 'llama3.2:3b', origin: null, words: 20 })
  await guest.getByText('Page Assist is connected').waitFor()
  await pictureInBoth(walk, guest, 'phone-connected')
  await guest.getByRole('link', { name: 'Usage' }).click()
  await guest.getByRole('table').waitFor()
  await pictureInBoth(walk, guest, 'phone-usage')
  return secret
}

/** Pauses the guest by the owner's menu, and waits until an answer with their key has ended. */
async function pause({ serve, page }: Walk, secret: string): Promise<void> {
  const answer = await fetch(`${serve.gateway}/api/chat`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'llama3.2:3b', messages: [{ role: 'user', content: 'Count to 2000.' }] }),
  })
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  await page.getByRole('button', { name: 'More for Carla' }).click()
  const pausedAt = performance.now()
  await page.getByRole('menuitem', { name: 'Pause' }).click()
  const ended = await readToEnd(reader)
  console.log(`a paused guest’s answer ${ended} after ${Math.round(performance.now() - pausedAt)} ms`)
}

async function readToEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  try {
    while (!(await reader.read()).done);
    return 'was complete'
  } catch {
    return 'broke off'
  }
}

/** A phone follows its own colours. */
async function pictureInBoth({ fileOf }: Walk, page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
    await page.screenshot({ path: fileOf(name, colorScheme), animations: 'disabled', caret: 'hide' })
  }
}
