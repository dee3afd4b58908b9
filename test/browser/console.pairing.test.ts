import type { Locator, Page } from 'playwright'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type AskOptions, askForKey } from '../support/ask-for-key.ts'
import { expectAccessibleInBoth, goTo, openConsole, servedConsole, useKey } from '../support/console-page.ts'
import { startServe } from '../support/serve.ts'

const NOTES = 'https://notes.example'
const PAGE_ASSIST = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'

const served = servedConsole()

const ask = (options?: AskOptions) => askForKey(served.serve.gateway, options)
const panelOf = (page: Page): Locator => page.getByRole('region', { name: 'Apps that ask for a key' })
const questionOf = (page: Page, name: string): Locator =>
  panelOf(page).getByRole('article', { name: `“${name}” asks for a key` })

/** Each test begins without an open request, also when the one before has failed. */
async function open(path = '/', heading = 'Home'): Promise<Page> {
  onTestFinished(async () => {
    await served.serve.call('PATCH /api/settings', { pairing: false })
    await served.serve.call('PATCH /api/settings', { pairing: true })
  })
  return served.open(path, heading)
}

it('a program that asks is named with its code, and gets a key that it may use for chats and models', async () => {
  const page = await open()
  const app = await ask({ name: 'Chatbox' })
  const question = questionOf(page, 'Chatbox')
  await question.getByText(app.code, { exact: true }).waitFor()
  await question.getByText('Compare with the code that the app shows').waitFor()
  await question.getByText('Calls itself').waitFor()
  await question.getByText('Claim', { exact: true }).first().waitFor()
  expect(await question.getByText('Certain', { exact: true }).count()).toBe(0)
  expect(await question.getByRole('button', { name: /Block/ }).count()).toBe(0)
  await question.getByRole('button', { name: 'Allow' }).click()
  await panelOf(page).getByText('Allowed: “Chatbox” is fetching its key…').waitFor()

  const { body } = await app.fetchKey()
  await panelOf(page).getByText('“Chatbox” is connected').waitFor()
  expect(await panelOf(page).getByText('Answered in another window').count()).toBe(0)
  expect(body).toMatchObject({ token_type: 'Bearer', scope: 'chat models' })
  expect(await useKey(served.serve, { secret: String(body['access_token']) })).toBe(200)
  await panelOf(page).getByRole('link', { name: 'Show the key' }).click()
  await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
  await page.getByRole('row', { name: 'Chatbox' }).waitFor()
  await panelOf(page).waitFor({ state: 'detached' })
})

it('the person chooses what the key may do and its name, and takes it back', async () => {
  const page = await open('/keys', 'Keys')
  const app = await ask({ name: 'Cherry' })
  const question = questionOf(page, 'Cherry')
  expect(await question.getByRole('textbox', { name: 'Name of its key' }).inputValue()).toBe('Cherry')
  expect(await question.getByRole('radio', { name: /Models too/ }).isChecked()).toBe(true)
  await question.getByRole('radio', { name: /Chat only/ }).check()
  await question.getByRole('textbox', { name: 'Name of its key' }).fill('Cherry at home')
  await question.getByRole('button', { name: 'Allow' }).click()
  await panelOf(page).getByText('Allowed').waitFor()
  const { body } = await app.fetchKey()
  expect(body['scope']).toBe('chat')
  const row = page.getByRole('row', { name: 'Cherry at home' })
  await row.waitFor()
  await panelOf(page).getByRole('button', { name: 'Undo: delete the key' }).click()
  await row.waitFor({ state: 'detached' })
  expect(await useKey(served.serve, { secret: String(body['access_token']) })).toBe(401)
  await panelOf(page).waitFor({ state: 'detached' })
})

it('of a site its address is certain and its name a claim, and blocking it ends its question', async () => {
  const page = await open()
  await ask({ name: 'My bank', origin: NOTES })
  const question = questionOf(page, 'My bank (notes.example)')
  const fact = (label: string) => question.locator('dl > div').filter({ hasText: label })
  await fact('Site').getByText(NOTES).waitFor()
  await fact('Site').getByText('Certain', { exact: true }).waitFor()
  await fact('Calls itself').getByText('Claim', { exact: true }).waitFor()
  await question.getByText('the key works only there').waitFor()
  await question.getByRole('button', { name: 'Block this site' }).click()
  await panelOf(page).getByText('Blocked: “My bank (notes.example)” gets no key').waitFor()
  await page.getByText('notes.example is blocked').waitFor()
  const origins = await served.serve.call('GET /api/origins', {})
  expect(origins).toContainEqual(expect.objectContaining({ origin: NOTES, status: 'blocked' }))
})

it('a question comes over a page in which a person types, and leaves them the focus', async () => {
  const page = await open('/keys', 'Keys')
  await page.getByRole('button', { name: 'New key' }).click()
  const dialog = page.getByRole('dialog')
  const name = dialog.getByRole('textbox', { name: 'Name' })
  await name.focus()
  await page.keyboard.type('My ')
  await ask({ name: 'Zed', origin: 'https://zed.example' })
  await page
    .getByRole('alert')
    .getByText(/^“Zed \(zed.example\)” asks for a key. Its code is \d\d-\d\d. Press F8/)
    .waitFor()
  await page.keyboard.type('laptop')
  expect(await name.inputValue()).toBe('My laptop')

  await page.keyboard.press('F8')
  await expect
    .poll(() => questionOf(page, 'Zed (zed.example)').evaluate((card) => card === document.activeElement))
    .toBe(true)
  await page.keyboard.press('F8')
  await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.keyboard.press('F8')
  const decline = questionOf(page, 'Zed (zed.example)').getByRole('button', { name: 'Decline' })
  await expect.poll(() => decline.isEnabled()).toBe(true)
  for (let presses = 0; presses < 10; presses++) {
    await page.keyboard.press('Tab')
    if (await decline.evaluate((button) => button === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await panelOf(page).getByText('Declined: “Zed (zed.example)” gets no key').waitFor()
  // The pressed button has gone, and the focus did not fall to the top of the page.
  const ended = panelOf(page).getByRole('article')
  await expect.poll(() => ended.evaluate((card) => card === document.activeElement)).toBe(true)
  await dialog.waitFor()
  expect(await name.inputValue()).toBe('My laptop')
})

it('a click that was meant for what was there before does not answer', async () => {
  const page = await open()
  await page.evaluate(recordAllow)
  const states = () => page.evaluate(() => (window as unknown as { states: string[] }).states)
  await ask({ name: 'Sudden', origin: NOTES.replace('notes', 'sudden') })
  await expect.poll(states).toEqual(['off', 'on'])
  // Another question moves what is shown.
  await ask({ name: 'Second', origin: NOTES.replace('notes', 'second') })
  await expect.poll(states).toEqual(['off', 'on', 'off', 'on'])
})

it('the time left goes down by the second', async () => {
  const page = await open()
  await page.clock.install()
  await ask({ name: 'Slow', origin: 'https://slow.example' })
  const timer = panelOf(page).getByRole('timer')
  const left = async () => {
    const [minutes, seconds] = (await timer.innerText()).split(':').map(Number)
    return Number(minutes) * 60 + Number(seconds)
  }
  const before = await left()
  expect(before).toBeGreaterThan(90)
  await page.clock.runFor(10_000)
  await expect.poll(async () => before - (await left())).toBeGreaterThanOrEqual(10)
})

it('several apps stand one below the other, and only the first is shown whole', async () => {
  const page = await open()
  const first = await ask({ name: 'One', origin: 'https://one.example' })
  const second = await ask({ name: 'Two', origin: 'https://two.example' })
  await questionOf(page, 'Two (two.example)').getByText(second.code, { exact: true }).waitFor()
  expect(await panelOf(page).getByRole('button', { name: 'Allow' }).count()).toBe(1)
  await questionOf(page, 'One (one.example)').getByRole('button', { name: 'Allow' }).click()
  await panelOf(page).getByText('Allowed: “One (one.example)”').waitFor()
  await first.fetchKey()
  await panelOf(page).getByText('“One (one.example)” is connected').waitFor()
  await questionOf(page, 'Two (two.example)').getByRole('button', { name: 'Decline' }).click()
  await panelOf(page).getByText('Declined: “Two (two.example)” gets no key').waitFor()
  await panelOf(page).getByRole('button', { name: 'Close' }).first().click()
  await panelOf(page).getByText('is connected').waitFor({ state: 'detached' })
})

it('the same app that asks again has one question, and one that came too late is said to be', async () => {
  const page = await open()
  const before = await ask({ name: 'Again', origin: PAGE_ASSIST })
  await panelOf(page).getByText(before.code, { exact: true }).waitFor()
  const now = await ask({ name: 'Again', origin: PAGE_ASSIST })
  await panelOf(page).getByText(now.code, { exact: true }).waitFor()
  await expect.poll(() => panelOf(page).getByRole('article').count()).toBe(1)
  await panelOf(page).getByRole('button', { name: 'Allow' }).click()
  await panelOf(page).getByText('Allowed:').waitFor()
  await ask({ name: 'Again', origin: PAGE_ASSIST })
  await panelOf(page)
    .getByText(/did not fetch its key/)
    .waitFor()
  await served.serve.call('PATCH /api/settings', { pairing: false })
  await panelOf(page)
    .getByText(/got no answer in time/)
    .waitFor()
})

describe('two windows', () => {
  it('the one that did not answer shows what happened', async () => {
    const [one, two] = [await open(), await open('/usage', 'Usage')]
    const app = await ask({ name: 'Msty', origin: 'https://msty.example' })
    await questionOf(two, 'Msty (msty.example)').waitFor()
    await questionOf(one, 'Msty (msty.example)').getByRole('button', { name: 'Allow' }).click()
    await panelOf(two).getByText('Answered in another window or in the tray menu.').waitFor()
    await app.fetchKey()
    await panelOf(two).getByText('“Msty (msty.example)” is connected').waitFor()
    await panelOf(one).getByText('“Msty (msty.example)” is connected').waitFor()
  })

  it('the later answer does not count, and its window says so', async () => {
    const [one, two] = [await open(), await open('/usage', 'Usage')]
    const app = await ask({ name: 'Jan', origin: 'https://jan.example' })
    let deliver = () => {}
    const held = new Promise<void>((resolve) => {
      deliver = resolve
    })
    await two.route('**/api/pairing/approve', async (route) => {
      await held
      await route.continue()
    })
    await questionOf(two, 'Jan (jan.example)').getByRole('button', { name: 'Allow' }).click()
    await questionOf(one, 'Jan (jan.example)').getByRole('button', { name: 'Decline' }).click()
    await panelOf(one).getByText('Declined: “Jan (jan.example)” gets no key').waitFor()
    deliver()
    await panelOf(two).getByText('This request was already declined in another window.').waitFor()
    expect((await app.fetchKey()).status).toBe(400)
  })

  it('a window that missed the events shows that a request is over', async () => {
    const page = await open()
    await ask({ name: 'Missed', origin: 'https://missed.example' })
    await questionOf(page, 'Missed (missed.example)').waitFor()
    await page.route('**/api/events', (route) => route.abort())
    await page.reload()
    await questionOf(page, 'Missed (missed.example)').waitFor()
    await served.serve.call('PATCH /api/settings', { pairing: false })
    await page.unroute('**/api/events')
    await panelOf(page).getByText('The request of “Missed (missed.example)” is over').waitFor()
  })
})

it('from an empty folder to a connected app there is nothing to type', async () => {
  const serve = await startServe()
  onTestFinished(async () => void (await serve.stop()))
  const page = await openConsole(served.browser, serve.console)
  onTestFinished(() => page.context().close())
  await page.getByRole('heading', { name: 'Welcome to Latchkey' }).waitFor()
  const app = await askForKey(serve.gateway, { name: 'Chatbox' })
  await panelOf(page).getByText(app.code, { exact: true }).waitFor()
  await panelOf(page).getByRole('button', { name: 'Allow' }).click()
  await panelOf(page).getByText('Allowed').waitFor()
  const { body } = await app.fetchKey()
  await panelOf(page).getByText('“Chatbox” is connected').waitFor()
  expect(await useKey(serve, { secret: String(body['access_token']) })).toBe(200)
  await panelOf(page).getByRole('button', { name: 'Close' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
})

it('apps may be kept from asking, on the page where they are connected and in the settings', async () => {
  const page = await open('/connect', 'Connect an app')
  const mayAsk = page.getByRole('switch', { name: 'Apps may ask for a key' })
  expect(await mayAsk.isChecked()).toBe(true)
  await mayAsk.click({ force: true })
  await page.getByText('No app may ask for a key.').waitFor()
  await expect(ask({ origin: 'https://late.example' })).rejects.toThrow(/^40\d/)
  await goTo(page, '/settings/access', 'Settings')
  expect(await mayAsk.isChecked()).toBe(false)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => mayAsk.isChecked()).toBe(true)
})

it('a question and its outcomes are accessible in light and dark', async () => {
  const page = await open()
  const app = await ask({ name: 'Chatbox', origin: 'https://a11y.example' })
  await ask({ name: 'Other', origin: 'https://other.example' })
  await questionOf(page, 'Other (other.example)').waitFor()
  await expectAccessibleInBoth(page)
  await panelOf(page).getByRole('button', { name: 'Allow' }).click()
  await panelOf(page).getByText('Allowed').waitFor()
  await expectAccessibleInBoth(page)
  await app.fetchKey()
  await panelOf(page).getByText('is connected').waitFor()
  await expectAccessibleInBoth(page)
})

/** Runs in the page. Notes each change of whether “Allow” can be pressed, from its first moment on. */
function recordAllow(): void {
  const states: string[] = []
  const look = () => {
    const allow = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Allow')
    const state = allow?.disabled === true ? 'off' : 'on'
    if (allow !== undefined && states.at(-1) !== state) states.push(state)
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
  Object.assign(window, { states })
}
