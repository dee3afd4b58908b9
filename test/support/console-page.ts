import axe from 'axe-core'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { callRunning } from '../../src-main/control/control-channel.ts'
import { CONSOLE_LINK_PATH } from '../../src-main/headless/commands/console-command.ts'
import { launchForPages } from './chromium.ts'
import { PATIENCE_MS } from './patience.ts'
import { type Serve, startServe } from './serve.ts'
import { CONSOLE_TEXTS, LANGUAGE_TAGS } from './texts.ts'

interface ConsoleOptions {
  colorScheme?: 'light' | 'dark'
  locale?: string
  viewport?: { width: number; height: number }
}

/** A page in a new browser profile that has followed the console's link. The caller must close its context. */
export async function openConsole(browser: Browser, link: string, options: ConsoleOptions = {}): Promise<Page> {
  const { colorScheme = 'light', locale = 'en-GB', viewport = { width: 1280, height: 800 } } = options
  const context = await browser.newContext({ colorScheme, locale, viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  await page.goto(link)
  await page.waitForFunction(hasAnswer, WAITING, { polling: 40 })
  return page
}

/** Rests the mouse on the toast that offers to undo something. It then stays, however long a busy computer needs for the rest. */
export function holdUndo(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Undo' }).hover()
}

/** Another link to the same console. Each works once, so every page needs its own. */
export async function freshLink(serve: Serve): Promise<string> {
  const request = new Request(`http://latchkey${CONSOLE_LINK_PATH}`, { method: 'POST' })
  const response = await callRunning(serve.dataDir, request)
  return ((await response.json()) as { url: string }).url
}

/** The fixtures that the tests of a file share: one browser, one `serve` with one key, and one session. */
export interface ServedConsole {
  readonly serve: Serve
  readonly browser: Browser
  /** The secret of the key named “Browser” that is there from the start. */
  readonly secret: string
  /** A new page for one test, with the session; closed when the test ends. */
  open(path?: string, heading?: string): Promise<Page>
  /** A page that several tests use one after another. */
  openForAll(heading?: string): Promise<Page>
}

interface ServedOptions extends ConsoleOptions {
  /** Fields of the key “Browser” that differ from a new key's. */
  key?: Partial<NewKeyInput>
}

/** Starts a served console before the tests of a file or a `describe`, and stops it after them. */
export function servedConsole({ key, ...options }: ServedOptions = {}): ServedConsole {
  let browser: Browser
  let serve: Serve
  let secret: string
  let first: Page
  const opened: Page[] = []

  beforeAll(async () => {
    const launching = launchForPages()
    serve = await startServe()
    browser = await launching
    secret = (await serve.createKey({ name: 'Browser', ...key })).secret
    first = await openConsole(browser, await freshLink(serve), options)
  })
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.close()
  })
  afterAll(async () => {
    await browser?.close()
    await serve?.stop()
  })

  async function openAt(page: Page, path: string, heading: string): Promise<Page> {
    await page.goto(new URL(`#${path}`, first.url()).href)
    await shown(page, heading)
    return page
  }

  return {
    get serve() {
      return serve
    },
    get browser() {
      return browser
    },
    get secret() {
      return secret
    },
    async open(path = '/', heading = 'Home') {
      const page = await first.context().newPage()
      opened.push(page)
      return openAt(page, path, heading)
    },
    openForAll: async (heading = 'Home') => openAt(await first.context().newPage(), '/', heading),
  }
}

/** Opens a console page and waits until its content has loaded. */
export async function goTo(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(`${page.url().replace(/#.*/, '')}#${path}`)
  await shown(page, heading)
}

/** Polls often: after a quarter of a second, a locator polls only twice a second. */
async function shown(page: Page, heading: string): Promise<void> {
  await page.waitForFunction(isShown, { heading, loading: LOADING }, { polling: 40 })
}

// The page's text while it waits, in each language.
const WAITING = LANGUAGE_TAGS.map((language) => CONSOLE_TEXTS[language].shell.waiting)
const LOADING = LANGUAGE_TAGS.map((language) => CONSOLE_TEXTS[language].shell.loading)

// The functions below run in the page.

/** The page that waits for the core's first answer has a heading, too. */
function hasAnswer(waiting: readonly string[]): boolean {
  const heading = document.querySelector('h1')?.textContent
  return heading != null && !waiting.includes(heading)
}

function isShown({ heading, loading }: { heading: string; loading: readonly string[] }): boolean {
  const headings = [...document.querySelectorAll('h1')].filter((element) => element.checkVisibility())
  const statuses = [...document.querySelectorAll('[role=status]')]
  const isLoading = statuses.some((element) => loading.includes(element.getAttribute('aria-label') ?? ''))
  return headings.some(({ textContent }) => textContent === heading) && !isLoading
}

/**
 * Fails if axe-core finds a problem in light colours, or a colour problem in dark ones. Everything else is the same in
 * both.
 */
export async function expectAccessibleInBoth(page: Page): Promise<void> {
  await inColours(page, 'light')
  await expectAccessible(page)
  await inColours(page, 'dark')
  await expectAccessible(page, ['color-contrast'])
}

async function inColours(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
}

/** Fails if axe-core finds a problem, with all of its rules or the given ones. */
export async function expectAccessible(page: Page, rules: readonly string[] = []): Promise<void> {
  // Waits for the final state: no field that is still loading and no colours that are fading in.
  await expect.poll(() => violationsOn(page, rules), { interval: 300 }).toEqual([])
}

/** Loads axe-core into a page once, because loading it takes as long as some of its rules. */
async function violationsOn(page: Page, rules: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(
    async (chosen) => {
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
      const { axe } = window as unknown as { axe: typeof import('axe-core') }
      const { violations } = await axe.run({
        resultTypes: ['violations'],
        ...(chosen.length === 0 ? {} : { runOnly: { type: 'rule', values: chosen } }),
      })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    },
    [...rules],
  )
}

/** Sends a request to the core like the pages do, with both parts of the session. */
export async function askFrom(
  page: Page,
  path: string,
  { method = 'GET', body }: { method?: string; body?: object } = {},
): Promise<{ status: number; body: unknown }> {
  return page.evaluate(
    async ([url, verb, json, name]) => {
      const secret = localStorage.getItem('latchkey-session') ?? ''
      const headers = { 'Content-Type': 'application/json', [name]: secret }
      const answer = await fetch(url, { method: verb, headers, ...(json === undefined ? {} : { body: json }) })
      return { status: answer.status, body: (await answer.json()) as unknown }
    },
    [path, method, body === undefined ? undefined : JSON.stringify(body), SESSION_HEADER] as const,
  )
}

export async function patchFrom(page: Page, path: string, patch: object): Promise<void> {
  expect((await askFrom(page, path, { method: 'PATCH', body: patch })).status).toBe(200)
}

interface Call {
  secret: string
  /** Default: the gateway's own address. */
  address?: string
  origin?: string
  model?: string
}

/** One chat through the gateway, as an app sends it; resolves to the status once the answer has ended. */
export async function useKey(serve: Serve, { secret, address = serve.gateway, origin, model }: Call): Promise<number> {
  const answer = await fetch(`${address}/api/chat`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(secret === '' ? {} : { Authorization: `Bearer ${secret}` }),
      ...(origin === undefined ? {} : { Origin: origin }),
    },
    body: JSON.stringify({
      model: model ?? 'sample-small',
      stream: false,
      messages: [{ role: 'user', content: 'How are you today?' }],
    }),
  })
  await answer.text()
  return answer.status
}
