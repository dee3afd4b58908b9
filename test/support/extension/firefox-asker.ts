import type { Browser, Page } from 'puppeteer-core'
import { FIREFOX_NAMES, launchFirefox } from '../firefox.ts'
import { startPageServer } from '../page-server.ts'
import { createTempDir } from '../temp-dir.ts'
import { askContentScript, askHere, type Places, type Question, type Seen } from './asker.ts'
import {
  type ExtensionOptions,
  FIREFOX_EXTENSION_ORIGIN,
  FIREFOX_EXTENSION_PREFERENCES,
  writeFirefoxExtension,
} from './write-extension.ts'

/** A Firefox with the test extension. */
export interface FirefoxAsker extends Places {
  readonly browser: Browser
  /** The origin of the page in which the content script runs. */
  readonly contentOrigin: string
  close(): Promise<void>
}

export async function startFirefoxAsker(options: ExtensionOptions): Promise<FirefoxAsker> {
  const extension = await createTempDir()
  const pages = await startPageServer()
  await writeFirefoxExtension(extension.path, options)
  const browser = await launchFirefox({ preferences: FIREFOX_EXTENSION_PREFERENCES })
  await browser.installExtension(extension.path)
  const popup = await openPopup(browser)
  const contentOrigin = `http://${FIREFOX_NAMES.content}:${pages.port}`
  const host = await browser.newPage()
  await host.goto(contentOrigin)
  await host.waitForSelector('html[data-asker=ready]')
  return {
    browser,
    contentOrigin,
    fromBackground: (question) => popup.evaluate(askBackground, question),
    fromPopup: (question) => popup.evaluate(askHere, question),
    fromContentScript: (question) => host.evaluate(askContentScript, question),
    close: async () => {
      await browser.close()
      await Promise.all([pages.close(), extension.remove()])
    },
  }
}

/** Firefox does not report the load of an extension's page to WebDriver, so this does not wait for it. */
async function openPopup(browser: Browser): Promise<Page> {
  const popup = await browser.newPage()
  const url = `${FIREFOX_EXTENSION_ORIGIN}/popup.html`
  popup.goto(url).catch(() => undefined)
  for (;;) {
    const isThere = await popup
      .evaluate((wanted) => location.href === wanted && 'ask' in window, url)
      .catch(() => false)
    if (isThere) return popup
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Runs in the popup page. */
function askBackground(question: Question): Promise<Seen> {
  interface Extension {
    runtime: { sendMessage(message: Question): Promise<Seen> }
  }
  return (globalThis as unknown as { browser: Extension }).browser.runtime.sendMessage(question)
}
