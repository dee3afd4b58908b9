import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import type { IssuedKey } from '#shared/keys/key.ts'
import type { Language } from '#shared/settings/languages.ts'
import { startSampleUpstream } from '../../../src-main/sample/sample-upstream.ts'
import { launchChromium } from '../../../test/support/chromium.ts'
import { freshLink } from '../../../test/support/console-page.ts'
import { addOthers, leave, show, VIEWS } from '../../../test/support/console-views.ts'
import { type Serve, startServe } from '../../../test/support/serve.ts'
import { createTempDir } from '../../../test/support/temp-dir.ts'
import { LANGUAGE_TAGS, LOCALES } from '../../../test/support/texts.ts'
import { ensureBuilt } from '../building/built.ts'
import { measureFirstPaint } from './first-paint.ts'
import { showMadeUpDevices } from './made-up-devices.ts'
import { ask, MODELS, makeKeys, STRANGER, useKeys, writePastWeek } from './made-up-week.ts'
import { picturePairing } from './pairing-walk.ts'
import { picturePeople } from './people-walk.ts'
import { pictureTrustPage } from './trust-page.ts'

// `npm run screenshots`: takes docs/screenshots/*.png of a real console with a sample upstream and a week of invented usage.
// For review, it also takes every page and dialog in both themes, each language and three widths, in screenshots/, which git
// ignores.
const TARGET = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))
const REVIEW = fileURLToPath(new URL('../../../screenshots/', import.meta.url))
const THEMES = ['light', 'dark'] as const
const SIZES = [
  { width: 720, height: 480 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]
const PAGES = [
  { name: 'home', hash: '#/', heading: 'Home' },
  { name: 'keys', hash: '#/keys', heading: 'Keys' },
  { name: 'sites', hash: '#/sites', heading: 'Sites & extensions' },
  { name: 'usage', hash: '#/usage', heading: 'Usage' },
  { name: 'activity', hash: '#/activity', heading: 'Activity' },
] as const

await ensureBuilt()
mkdirSync(TARGET, { recursive: true })
const upstream = await startSampleUpstream({ models: MODELS })
const data = await createTempDir()
const browser = await launchChromium()
try {
  await pictureTrustPage(fileOf)
  await pictureWalk()
  await pictureSharing()
  const keys = await pictureFirstRun()
  await writePastWeek(data.path, keys)
  await picturePages(keys)
} finally {
  await browser.close()
  await upstream.close()
  await data.remove()
}

/** Takes the pictures of an app that asks for its first key. Its server has a folder of its own. */
async function pictureWalk(): Promise<void> {
  const serve = await startServe({ args: ['--upstream', upstream.url] })
  try {
    const { context, page } = await openConsole(serve)
    await picturePairing({ browser, serve, page, picture, fileOf })
    await context.close()
  } finally {
    await serve.stop()
  }
}

/** Takes the pictures of somebody who is invited. Answers take a while, so that one can be broken off. */
async function pictureSharing(): Promise<void> {
  const slow = await startSampleUpstream({ models: MODELS, chunkDelayMs: 20 })
  const serve = await startServe({ args: ['--upstream', slow.url] })
  try {
    await serve.createKey({ name: 'Page Assist' })
    const { context, page } = await openConsole(serve)
    await picturePeople({ browser, serve, page, picture, fileOf, changeSettings })
    await context.close()
  } finally {
    await serve.stop()
    await slow.close()
  }
}

/** Takes the first run's picture while there is no key, and then makes the keys. */
async function pictureFirstRun(): Promise<IssuedKey[]> {
  const serve = await startServe({ args: ['--upstream', upstream.url], dataDir: data.path })
  try {
    const { context, page } = await openConsole(serve)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('radio', { name: /Page Assist/ }).check()
    await picture(page, 'first-run')
    await context.close()
    return await makeKeys(serve)
  } finally {
    await serve.stop()
  }
}

async function picturePages(keys: readonly IssuedKey[]): Promise<void> {
  const serve = await startServe({ args: ['--upstream', upstream.url], dataDir: data.path })
  try {
    await useKeys(serve.gateway, keys)
    const { page } = await openConsole(serve)
    await changeSettings(page, { unknownOrigins: 'ask' })
    await ask(serve.gateway, { secret: keys[0]?.secret ?? '', model: 'llama3.2:3b', origin: STRANGER })
    for (const { name, hash, heading } of PAGES) {
      await page.goto(new URL(hash, page.url()).href)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await page.getByRole('row').nth(1).waitFor()
      await picture(page, name)
    }
    await pictureOtherDevices(page)
    await tellFirstPaint(serve)
    await addOthers(serve)
    for (const language of LANGUAGE_TAGS) await pictureForReview(serve, language)
  } finally {
    await serve.stop()
  }
}

/** Lets other devices in only while the pictures are taken. */
async function pictureOtherDevices(page: Page): Promise<void> {
  await changeSettings(page, { lan: 'all', discovery: true })
  await showMadeUpDevices(page)
  await page.goto(new URL('#/settings/devices', page.url()).href)
  await page
    .getByRole('heading', { level: 2, name: 'Set up a device' })
    .evaluate((heading) => heading.closest('section')?.scrollIntoView())
  await picture(page, 'other-devices')
  await page.unroute('**/api/lan')
  await changeSettings(page, { lan: [], discovery: false })
}

/** Takes every view at its full height. */
async function pictureForReview(serve: Serve, language: Language): Promise<void> {
  const { context, page } = await openConsole(serve, language)
  for (const theme of THEMES) {
    await changeSettings(page, { theme })
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor()
    for (const view of VIEWS) {
      await show(page, view, language)
      for (const size of SIZES) {
        await page.setViewportSize(size)
        const path = `${REVIEW}${language}/${view.name}-${size.width}-${theme}.png`
        await page.screenshot({ path, animations: 'disabled', caret: 'hide', fullPage: view.over === undefined })
      }
      await leave(page, view, language)
    }
  }
  await context.close()
}

async function tellFirstPaint(serve: Serve): Promise<void> {
  for (const slowdown of [1, 4]) {
    const ms = await measureFirstPaint(browser, { link: () => freshLink(serve), slowdown })
    const where = slowdown === 1 ? 'on this computer' : `on a processor ${slowdown} times slower`
    console.log(`first paint: ${Math.round(ms)} ms ${where}`)
  }
}

async function openConsole(serve: Serve, language: Language = 'en'): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: LOCALES[language] })
  const page = await context.newPage()
  await page.goto(await freshLink(serve))
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { context, page }
}

async function picture(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await changeSettings(page, { theme })
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor()
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
    await page.screenshot({
      path: fileOf(name, theme),
      animations: 'disabled',
      caret: 'hide',
    })
  }
}

function fileOf(name: string, theme: (typeof THEMES)[number]): string {
  return `${TARGET}${name}${theme === 'dark' ? '-dark' : ''}.png`
}

/** Sends the request from the page, which has both parts of the session. */
async function changeSettings(page: Page, patch: object): Promise<void> {
  await page.evaluate(async (body) => {
    await fetch('/api/settings', {
      method: 'PATCH',
      headers: {
        'Content-Type': 'application/json',
        'Latchkey-Session': localStorage.getItem('latchkey-session') ?? '',
      },
      body: JSON.stringify(body),
    })
  }, patch)
}
