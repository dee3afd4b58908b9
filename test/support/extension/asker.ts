import type { BrowserContext, Page } from 'playwright'
import { launchChromiumWithExtension } from '../chromium.ts'
import { startPageServer } from '../page-server.ts'
import { createTempDir } from '../temp-dir.ts'
import { CONTENT_HOST, EXTENSION_ORIGIN, type ExtensionOptions, writeExtension } from './write-extension.ts'

export interface Question {
  readonly url: string
  readonly method: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** `include`: with the cookies of the address. */
  readonly credentials?: RequestCredentials
}

/** The result that the requesting code could see: an answer, or only that `fetch` failed. */
export interface Seen {
  readonly status?: number
  readonly pieces?: number
  readonly text?: string
  /** The message of fetch's TypeError. */
  readonly failed?: string
}

export type Ask = (question: Question) => Promise<Seen>

/** The three kinds of extension code that can send requests. */
export interface Places {
  /** A service worker in Chromium, a background script in Firefox. */
  readonly fromBackground: Ask
  readonly fromPopup: Ask
  readonly fromContentScript: Ask
}

/** A Chromium with the test extension. */
export interface Asker extends Places {
  readonly context: BrowserContext
  /** The origin of the page in which the content script runs. */
  readonly contentOrigin: string
  close(): Promise<void>
}

export async function startAsker(options: ExtensionOptions): Promise<Asker> {
  const extension = await createTempDir()
  const profile = await createTempDir()
  const pages = await startPageServer()
  await writeExtension(extension.path, options)
  const context = await launchChromiumWithExtension(extension.path, profile.path, [
    `--host-resolver-rules=MAP ${CONTENT_HOST} 127.0.0.1`,
  ])
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  const popup = await pageAt(context, `${EXTENSION_ORIGIN}/popup.html`)
  const contentOrigin = `http://${CONTENT_HOST}:${pages.port}`
  const host = await pageAt(context, contentOrigin)
  await host.waitForSelector('html[data-asker=ready]')
  return {
    context,
    contentOrigin,
    fromBackground: (question) => worker.evaluate(askHere, question),
    fromPopup: (question) => popup.evaluate(askHere, question),
    fromContentScript: (question) => host.evaluate(askContentScript, question),
    close: async () => {
      await context.close()
      await Promise.all([pages.close(), extension.remove(), profile.remove()])
    },
  }
}

async function pageAt(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}

// The functions below run in the browser.

/** In a page or a worker of the extension. */
export function askHere(question: Question): Promise<Seen> {
  return (globalThis as unknown as { ask: Ask }).ask(question)
}

/** In the page that the content script runs in. */
export function askContentScript(question: Question): Promise<Seen> {
  const answered = new Promise<Seen>((resolve) => {
    window.addEventListener('message', ({ data }: MessageEvent<{ answered?: Seen }>) => {
      if (data.answered !== undefined) resolve(data.answered)
    })
  })
  window.postMessage({ ask: question })
  return answered
}
