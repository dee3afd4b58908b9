import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useKey } from './console-page.ts'
import type { Person } from './person.ts'
import { type Serve, startServe } from './serve.ts'
import { until } from './until.ts'

export interface JourneyBrowser {
  readonly person: Person
  /** The download folder. */
  readonly downloads: string
  /** The beginning of the console's text about this browser and web pages. */
  readonly advice: string
  close(): Promise<void>
}

/**
 * One person's way through the console in any browser that `open` starts. Each test continues from the state of the
 * previous one.
 */
export function describeConsoleJourney(open: () => Promise<JourneyBrowser>): void {
  describe('the console', () => {
    let serve: Serve
    let browser: JourneyBrowser
    let person: Person

    beforeAll(async () => {
      serve = await startServe()
      browser = await open()
      person = browser.person
    })
    afterAll(async () => {
      await browser?.close()
      await serve?.stop()
    })

    it('opens by its one-time link', async () => {
      await person.hand.goTo(serve.console)
      await person.seePage('Welcome to Latchkey')
      await person.click('button', 'Look around first')
      await person.seePage('Home')
    })

    it('makes a key, and copies it', async () => {
      await person.click('link', 'Keys')
      await person.seePage('Keys')
      await person.click('button', 'New key')
      await person.fill('Name', 'Phone')
      await person.click('button', 'Make the key')
      await person.click('button', 'Copy: Key')
      await person.see('Copied')
      await person.click('button', 'I have copied it')
      await person.see('Phone')
    })

    it('tries the key that was copied, and reads what its browser asks of web pages', async () => {
      await person.click('link', 'Try it')
      await person.seePage('Try it')
      await person.click('radio', 'A key of mine')
      await person.paste('Your key')
      await person.fill('Question', 'How are you today?')
      await person.click('button', 'Send')
      await person.see('No model is running here. Your question had 4 words.')
      await person.see('Status 200')
      await person.see(browser.advice)
    })

    it('shows a request as it comes, without being loaded again', async () => {
      await person.click('link', 'Activity')
      await person.seePage('Activity')
      await person.see('Phone')
      const { secret } = await serve.createKey({ name: 'Live' })
      expect(await useKey(serve, { secret, origin: 'https://live.example' })).toBe(200)
      await person.see('live.example')
    })

    it('saves the usage as a file', async () => {
      await person.click('link', 'Usage')
      await person.seePage('Usage')
      await person.click('button', 'Export')
      await person.click('menuitem', 'These totals for a spreadsheet (CSV)')
      await person.see('latchkey-usage.csv was saved with your downloads.')
      const file = join(browser.downloads, 'latchkey-usage.csv')
      // A browser may create the file before it writes to it.
      await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('sample-small'), 'the saved file')
    })

    it('changes a setting', async () => {
      await person.click('link', 'Settings')
      await person.seePage('Settings')
      await person.click('button', 'Pause until I resume')
      await person.see('Paused until you resume.')
      // The page shows a change before it is saved.
      await until(async () => (await serve.call('GET /api/settings', {})).paused === true, 'the pause to be saved')
      await person.click('button', 'Resume')
      await person.see('Pause until I resume')
    })

    async function closeDialog(): Promise<void> {
      await person.until(() => document.activeElement?.closest('[role=dialog]') != null, 'the focus in the dialog')
      await person.hand.press('Escape')
      await person.until(() => document.querySelector('[role=dialog]') === null, 'the end of the dialog')
    }

    it('is used by the keyboard alone', async () => {
      await person.click('link', 'Keys')
      await person.seePage('Keys')
      await person.tabTo('New key')
      await person.hand.press('Enter')
      await closeDialog()
      await person.until(isNewKeyFocused, 'the focus to be seen on the button of the dialog')
      await person.tabTo('More for Phone')
      await person.hand.press('Enter')
      await person.until(() => document.activeElement?.getAttribute('role') === 'menuitem', 'the focus in the menu')
      await person.hand.press('Enter')
      await closeDialog()
      await person.until(isMoreFocused, 'the focus to be seen where it was')
      await person.hand.press('Enter')
      await person.until(() => document.activeElement?.getAttribute('role') === 'menuitem', 'the focus in the menu')
      await person.hand.press('Escape')
      await person.until(isMoreFocused, 'the focus to be seen where it was')
      // Opened with the mouse and closed with the keyboard.
      await person.click('button', 'More for Phone')
      await person.click('menuitem', 'Edit')
      await closeDialog()
      await person.until(isMoreFocused, 'the focus to be seen on the button of the menu')
    })
  })
}

/** Runs in the page. Also checks that the focus is visible, for people who use the keyboard. */
function isMoreFocused(): boolean {
  const focused = document.activeElement
  return focused?.getAttribute('aria-label') === 'More for Phone' && focused.matches(':focus-visible')
}

function isNewKeyFocused(): boolean {
  const focused = document.activeElement
  return focused?.textContent === 'New key' && focused.matches(':focus-visible')
}
