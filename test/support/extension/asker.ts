import type { BrowserContext, Page } from 'playwright'
import { launchChromiumWithExtension } from '../chromium.ts'
import { startPageServer } from '../page-server.ts'
import { createTempDir } from '../temp-dir.ts'
import { CONTENT_HOST, EXTENSION_ORIGIN, writeExtension } from './write-extension.ts'

export interface Question {
  readonly url: string
  readonly method: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** `include`: with the cookies of the address. */
  readonly credentials?: 'include'
}

/** What the code that asked got to see: an answer, or no more than that `fetch` failed. */
export interface Seen {
  readonly status?: number
  readonly pieces?: number
  readonly text?: string
  /** The message of fetch's TypeError. */
  readonly failed?: string
}

export type Ask = (question: Question) => Promise<Seen>

/** A Chromium with our extension in it, and the three places from which an extension's code can ask. */
export interface Asker {
  readonly context: BrowserContext
  readonly fromServiceWorker: Ask
  readonly fromPopup: Ask
  readonly fromContentScript: Ask
  close(): Promise<void>
}

interface AskingWindow {
  ask: Ask
}

export async function startAsker(options: { hostPermissions: boolean }): Promise<Asker> {
  const extension = await createTempDir()
  const profile = await createTempDir()
  const pages = await startPageServer()
  await writeExtension(extension.path, options)
  const context = await launchChromiumWithExtension(extension.path, profile.path, [
    `--host-resolver-rules=MAP ${CONTENT_HOST} 127.0.0.1`,
  ])
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  const popup = await pageAt(context, `${EXTENSION_ORIGIN}/popup.html`)
  const host = await pageAt(context, `http://${CONTENT_HOST}:${pages.port}/`)
  await host.waitForSelector('html[data-asker=ready]')
  return {
    context,
    fromServiceWorker: (question) => askHere(worker, question),
    fromPopup: (question) => askHere(popup, question),
    fromContentScript: (question) => askThroughPage(host, question),
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

function askHere(place: Pick<Page, 'evaluate'>, question: Question): Promise<Seen> {
  return place.evaluate((asked) => (globalThis as unknown as AskingWindow).ask(asked), question)
}

function askThroughPage(page: Page, question: Question): Promise<Seen> {
  return page.evaluate((asked) => {
    const answered = new Promise<Seen>((resolve) => {
      window.addEventListener('message', ({ data }: MessageEvent<{ answered?: Seen }>) => {
        if (data.answered !== undefined) resolve(data.answered)
      })
    })
    window.postMessage({ ask: asked })
    return answered
  }, question)
}
