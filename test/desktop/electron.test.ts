import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DesktopBridge } from '#shared/desktop-bridge.ts'
import { type AppState, appStateSchema } from '#shared/state.ts'
import { ensureBuilt } from '../../build/built.ts'
import { findElectron, hasDisplay } from '../../build/electron.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Why the real Electron cannot be had here, or undefined. The file is looked for: asking Playwright starts a download. */
function reasonToSkip(): string | undefined {
  if (findElectron() === undefined) return 'Electron’s program was never downloaded to node_modules/electron/dist'
  return hasDisplay() ? undefined : 'there is no display to show a window on'
}

const reason = reasonToSkip()

describe('the real desktop app', () => {
  let home: TempDir
  let app: ElectronApplication
  beforeAll(async () => {
    if (reason !== undefined) return
    await ensureBuilt()
    home = await createTempDir()
    writeFileSync(join(home.path, 'settings.json'), '{"gatewayPort":0}')
    app = await _electron.launch({
      executablePath: String(findElectron()),
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT],
      env: { ...definedEnv(), LATCHKEY_DATA_DIR: home.path },
    })
  }, 60_000)
  afterAll(async () => {
    await app?.close()
    await home?.remove()
  })
  beforeEach(({ skip }) => skip(reason !== undefined, reason))

  test('shows the console from its own scheme', async () => {
    const page = await app.firstWindow()
    await page.waitForURL('app://console/**')
    expect(await page.title()).toContain('Latchkey')
    expect(await stateOf(page)).toMatchObject({ shell: 'desktop', gateway: { status: 'running' } })
  })

  test('the page has nothing of Node, and the small bridge', async () => {
    const page = await app.firstWindow()
    expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window))).toEqual([])
    const about = await page.evaluate(() => (Reflect.get(window, 'latchkeyDesktop') as DesktopBridge).about())
    expect(about.dataDir).toBe(home.path)
  })

  test('the page reaches nothing but the console', async () => {
    const page = await app.firstWindow()
    const { address } = (await stateOf(page)).gateway
    const fetched = await page.evaluate((url) => fetch(url, { mode: 'no-cors' }).then(String, () => 'denied'), address)
    expect(fetched).toBe('denied')
  })

  test('closing the window leaves the app running', async () => {
    const page = await app.firstWindow()
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    const visible = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
    expect(visible).toBe(false)
    expect(page.isClosed()).toBe(false)
  })
})

async function stateOf(page: Page): Promise<AppState> {
  return appStateSchema.parse(await page.evaluate(async () => (await fetch('/api/state')).json() as Promise<unknown>))
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
