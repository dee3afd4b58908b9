import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Asker, startAsker } from '../support/extension/asker.ts'
import { chat } from '../support/extension/questions.ts'
import { EXTENSION_ORIGIN } from '../support/extension/write-extension.ts'
import { type Serve, startServe } from '../support/serve.ts'

let serve: Serve
let asker: Asker
let page: Page

beforeAll(async () => {
  serve = await startServe()
  // Without host permissions, as an extension is before its person has granted any.
  asker = await startAsker({ hostPermissions: false })
  page = await consoleIn(asker.context)
})
afterAll(async () => {
  await asker?.close()
  await serve?.stop()
})

it('from an empty data folder to a connected extension, with the keyboard alone', async () => {
  await page.getByRole('heading', { level: 1, name: 'Welcome to Latchkey' }).waitFor()
  await tabTo('Continue')
  await page.keyboard.press('Enter')

  await page.getByRole('radio', { name: /^Page Assist/ }).waitFor()
  await tabTo('radio Page Assist')
  await page.keyboard.press('Space')
  await page.getByRole('textbox', { name: 'A name for its key' }).waitFor()
  await tabTo('Make the key')
  await page.keyboard.press('Enter')

  await page.getByRole('heading', { name: 'Waiting for Page Assist…' }).waitFor()
  const address = await copyWith('Copy: Address')
  const secret = await copyWith('Copy: Key')
  expect(address).toBe(`http://localhost:${serve.port}/v1`)
  expect(secret).toMatch(/^sk-lk-[a-z2-7]{39}$/)

  // The extension sends what was pasted into it; it has the path of the API in itself, from /v1 on.
  const base = address.replace(/\/v1$/, '')
  const refused = await asker.fromPopup(chat(base, { api: 'openai', stream: true, secret: `${secret}x` }))
  expect(refused.status).toBe(401)
  await page.getByRole('alert').getByText('mistyped or incomplete').waitFor()
  const answered = await asker.fromPopup(chat(base, { api: 'openai', stream: true, secret }))
  expect(answered.status).toBe(200)
  await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()

  await tabTo('Done')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  await page.getByText(EXTENSION_ORIGIN.replace('chrome-extension://', '').slice(0, 8)).first().waitFor()
})

async function consoleIn(context: BrowserContext): Promise<Page> {
  const { origin } = new URL(serve.console)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
  const opened = await context.newPage()
  await opened.goto(serve.console)
  return opened
}

/** Presses Tab until what is meant has the focus: a button by its name, a radio button by its label. */
async function tabTo(meant: string): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      const label = element?.closest('label')?.querySelector('p')?.textContent
      const name = element?.getAttribute('aria-label') ?? element?.textContent ?? ''
      return label == null ? name : `radio ${label}`
    })
    if (focused === meant) return
    seen.push(focused)
  }
  throw new Error(`the keyboard does not reach “${meant}”, only: ${seen.join(', ')}`)
}

async function copyWith(button: string): Promise<string> {
  await tabTo(button)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: button.replace('Copy', 'Copied') }).waitFor()
  return page.evaluate(() => navigator.clipboard.readText())
}
