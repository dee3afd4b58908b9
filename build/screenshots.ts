import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import type { IssuedKey } from '#shared/key.ts'
import { startSampleUpstream } from '../src-main/headless/sample/sample-upstream.ts'
import { launchChromium } from '../test/support/chromium.ts'
import { type Serve, startServe } from '../test/support/serve.ts'
import { createTempDir } from '../test/support/temp-dir.ts'
import { ensureBuilt } from './built.ts'
import { ask, MODELS, makeKeys, STRANGER, useKeys, writePastWeek } from './screenshot-data.ts'

// `npm run screenshots`: docs/screenshots/*.png, of a real console with a sample upstream and an invented week.
const TARGET = fileURLToPath(new URL('../docs/screenshots/', import.meta.url))
const THEMES = ['light', 'dark'] as const
const PAGES = [
  { name: 'home', hash: '#/', heading: 'Home' },
  { name: 'keys', hash: '#/keys', heading: 'Keys' },
  { name: 'sites', hash: '#/sites', heading: 'Sites & extensions' },
  { name: 'usage', hash: '#/usage', heading: 'Usage' },
] as const

await ensureBuilt()
mkdirSync(TARGET, { recursive: true })
const upstream = await startSampleUpstream({ models: MODELS })
const data = await createTempDir()
const browser = await launchChromium()
try {
  const keys = await pictureFirstRun()
  await writePastWeek(data.path, keys)
  await picturePages(keys)
} finally {
  await browser.close()
  await upstream.close()
  await data.remove()
}

/** The first run, before there is any key; the keys are made afterwards. */
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
  } finally {
    await serve.stop()
  }
}

async function openConsole(serve: Serve): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(serve.console)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { context, page }
}

async function picture(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await changeSettings(page, { theme })
    await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor()
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
    await page.screenshot({
      path: `${TARGET}${name}${theme === 'dark' ? '-dark' : ''}.png`,
      animations: 'disabled',
      caret: 'hide',
    })
  }
}

/** As the pages do it, so that the session's cookie goes along. */
async function changeSettings(page: Page, patch: object): Promise<void> {
  await page.evaluate(async (body) => {
    await fetch('/api/settings', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  }, patch)
}
