import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import { expectAccessible, freshLink, goTo, holdUndo, openConsole, servedConsole } from '../support/console-page.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const PAGES = [
  ['/', 'Home'],
  ['/keys', 'Keys'],
  ['/sites', 'Sites & extensions'],
  ['/usage', 'Usage'],
  ['/activity', 'Activity'],
  ['/connect', 'Connect an app'],
  ['/try', 'Try it'],
  ['/people', 'People'],
  ['/account', 'My account'],
  ['/settings', 'Settings'],
  ['/settings/ollama', 'Settings'],
  ['/settings/access', 'Settings'],
  ['/settings/devices', 'Settings'],
  ['/settings/people', 'Settings'],
  ['/settings/data', 'Settings'],
  ['/settings/changes', 'Settings'],
  ['/settings/about', 'Settings'],
] as const

/** The compressed size of the files that a start loads. It includes the sentences of about sixty refusals. */
const BUDGET_BYTES = 187_000

describe('the shell', () => {
  const served = servedConsole({ viewport: { width: 720, height: 480 } })
  let page: Page

  beforeEach(async () => {
    page = await served.open()
  })

  it('keeps to its own content security policy', async () => {
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    // A probe whose error is caught breaks the policy without a word on the console.
    await page.exposeFunction('noteViolation', (what: string) => complaints.push(what))
    await page.addInitScript(noteViolations)
    await page.reload()
    for (const [path, heading] of PAGES) await goTo(page, path, heading)
    await page.evaluate(() => document.body.setAttribute('onclick', 'void 0'))
    await expect.poll(() => complaints.some((what) => what.startsWith('script-src-attr inline'))).toBe(true)
    // The handler just set; and a directive that this Chromium does not know.
    const own = /script-src-attr|inline event handler|directive 'webrtc'/
    expect(complaints.filter((what) => !own.test(what))).toEqual([])
  })

  it('comes as a small first bundle with no chart in it', async () => {
    const scripts = await page.evaluate(async () => {
      // The document as it came: later it also names what was loaded lazily.
      const html = await (await fetch('/')).text()
      const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, address]) => address ?? '')
      return Promise.all(addresses.map(async (address) => (await fetch(address)).text()))
    })
    expect(scripts.length).toBeGreaterThan(1)
    expect(scripts.filter((script) => script.includes('recharts'))).toEqual([])
    expect(scripts.reduce((sum, script) => sum + gzipSync(script).byteLength, 0)).toBeLessThan(BUDGET_BYTES)
  })

  it('is reached with the keyboard alone, and lets it skip the navigation', async () => {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    expect(new URL(page.url()).hash).not.toContain('content')
  })

  it('keeps the chosen colours over a reload', async () => {
    await page.getByRole('button', { name: 'Dark colours' }).click()
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    await page.reload()
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    await page.getByRole('button', { name: 'Light colours' }).click()
    await page.locator('html[data-mantine-color-scheme=light]').waitFor()
  })

  it('saves a setting at once, and takes it back', async () => {
    await goTo(page, '/settings', 'Settings')
    await page.getByRole('button', { name: 'Pause until I resume' }).click()
    await holdUndo(page)
    await page.getByText('Paused until you resume.').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Pause until I resume' }).waitFor()
  })

  it('says what is wrong with a setting, and keeps what was typed', async () => {
    await goTo(page, '/settings/ollama', 'Settings')
    const field = page.getByRole('textbox', { name: 'Where Ollama is' })
    await field.fill('nowhere')
    await field.press('Enter')
    await page.getByText('The address of Ollama looks like').waitFor()
    expect(await field.inputValue()).toBe('nowhere')
  })
})

describe('the core and its sessions', () => {
  let browser: Browser
  let serve: Serve
  let page: Page
  let data: TempDir

  beforeAll(async () => {
    browser = await launchForPages()
    data = await createTempDir()
    serve = await startServe({ dataDir: data.path })
    await serve.createKey({ name: 'Browser' })
  })
  afterEach(() => page?.context().close())
  afterAll(async () => {
    await browser?.close()
    await serve?.stop()
    await data?.remove()
  })

  it('a page without a session says which link to open', async () => {
    page = await openConsole(browser, serve.console.replace(/#.*/, ''))
    await page.getByRole('heading', { name: 'Open the link that Latchkey printed' }).waitFor()
    await expectAccessible(page)
  })

  it('a page whose core goes says so, and goes on by itself when the core is back', async () => {
    page = await openConsole(browser, await freshLink(serve))
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    await restart({ whileGone: () => page.getByText('Latchkey was closed or is starting again').waitFor() })
    await page.getByText('Latchkey was closed or is starting again').waitFor({ state: 'detached' })
    await goTo(page, '/keys', 'Keys')
    await serve.createKey({ name: 'Made after the restart' })
    await page.getByText('Made after the restart').waitFor()
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
  })

  it('a page without a session goes on once a fresh link was opened beside it', async () => {
    page = await openConsole(browser, serve.console.replace(/#.*/, ''))
    await page.getByRole('heading', { name: 'Open the link that Latchkey printed' }).waitFor()
    const beside = await page.context().newPage()
    await beside.goto(await freshLink(serve))
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  })

  /** Another process with the same data, where the same page finds it. */
  async function restart({ whileGone }: { whileGone: () => Promise<void> }): Promise<void> {
    const port = new URL(serve.console).port
    await serve.stop()
    await whileGone()
    serve = await startServe({ dataDir: data.path, args: ['--demo', '--console-port', port] })
  }
})

// The following code runs in the page.

function noteViolations(): void {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
    const { noteViolation } = window as unknown as { noteViolation: (what: string) => void }
    noteViolation(`${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`)
  })
}
