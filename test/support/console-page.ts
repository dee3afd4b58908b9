import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { NewKeyInput } from '#shared/key.ts'
import { callRunning } from '../../src-main/app/control-channel.ts'
import { CONSOLE_LINK_PATH } from '../../src-main/headless/console-command.ts'
import { launchChromium } from './chromium.ts'
import { type Serve, startServe } from './serve.ts'

/** How long a page may take to show what it should: far more than it needs, also on a busy machine. */
const PATIENCE_MS = 15_000

interface ConsoleOptions {
  colorScheme?: 'light' | 'dark'
  locale?: string
  viewport?: { width: number; height: number }
}

/** A page of a fresh browser profile that has followed the console's link. Close its context afterwards. */
export async function openConsole(browser: Browser, link: string, options: ConsoleOptions = {}): Promise<Page> {
  const { colorScheme = 'light', locale = 'en-GB', viewport = { width: 1280, height: 800 } } = options
  const context = await browser.newContext({ colorScheme, locale, viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  await page.goto(link)
  // The page that waits for the core's first answer has a heading too.
  const waiting = /Looking for Latchkey|Latchkey wird gesucht/
  await page.getByRole('heading', { level: 1 }).filter({ hasNotText: waiting }).waitFor()
  return page
}

/** Another link to the same console: each works once, so that every page needs its own. */
export async function freshLink(serve: Serve): Promise<string> {
  const request = new Request(`http://latchkey${CONSOLE_LINK_PATH}`, { method: 'POST' })
  const response = await callRunning(serve.dataDir, request)
  return ((await response.json()) as { url: string }).url
}

/** What the tests of a file share: one browser, one `serve` with one key, and one session. */
export interface ServedConsole {
  readonly serve: Serve
  readonly browser: Browser
  /** The secret of the key named “Browser” that is there from the start. */
  readonly secret: string
  /** A page of its own for a test, with the session; it is closed when the test ends. */
  open(path?: string, heading?: string): Promise<Page>
}

interface ServedOptions extends ConsoleOptions {
  /** What the key “Browser” may do, where that is not everything a new key may. */
  key?: Partial<NewKeyInput>
}

/** Sets up a served console before the tests of a file or a `describe`, and takes it down after them. */
export function servedConsole({ key, ...options }: ServedOptions = {}): ServedConsole {
  let browser: Browser
  let serve: Serve
  let secret: string
  let first: Page
  const opened: Page[] = []

  beforeAll(async () => {
    const launching = launchChromium()
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
      await page.goto(new URL(`#${path}`, first.url()).href)
      await shown(page, heading)
      return page
    },
  }
}

/** Opens one of the console's pages and waits until it has loaded what it shows. */
export async function goTo(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(`${page.url().replace(/#.*/, '')}#${path}`)
  await shown(page, heading)
}

async function shown(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await page
    .getByRole('status', { name: /^(?:Loading|Wird geladen)/ })
    .first()
    .waitFor({ state: 'detached' })
}

/** Fails with what axe-core finds wrong, by all of its rules or by the given ones. */
export async function expectAccessible(page: Page, rules: readonly string[] = []): Promise<void> {
  // The settled page counts: not a field that is still being loaded, nor colours that are fading in.
  await expect.poll(() => violationsOn(page, rules), { timeout: 10_000, interval: 300 }).toEqual([])
}

async function violationsOn(page: Page, rules: readonly string[]): Promise<string[]> {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)))
  // The legacy mode does without a second page, which takes longer than the rules; it is only for frames, which the
  // console forbids.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const { violations } = await (rules.length === 0 ? axe : axe.withRules([...rules])).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}

/** Changes something as the pages do it, so that the session's cookie goes along. */
export async function patchFrom(page: Page, path: string, patch: object): Promise<void> {
  const status = await page.evaluate(
    async ([url, body]) =>
      (await fetch(url, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body })).status,
    [path, JSON.stringify(patch)] as const,
  )
  expect(status).toBe(200)
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
