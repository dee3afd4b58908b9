import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { issuedKeySchema } from '#shared/key.ts'
import { type AppState, appStateSchema } from '#shared/state.ts'
import { ensureBuilt } from '../../build/built.ts'
import { findElectron, hasDisplay } from '../../build/electron.ts'
import { createTempDir } from '../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Why the real Electron cannot be had here, or undefined. The file is looked for: asking Playwright starts a download. */
export function reasonToSkip(): string | undefined {
  // `npm test` looked for a runtime and says why there is none.
  const missing = process.env['LATCHKEY_ELECTRON_MISSING']
  if (missing !== undefined) return missing
  if (findElectron() === undefined) return 'Electron’s program was never downloaded to node_modules/electron/dist'
  return hasDisplay() ? undefined : 'there is no display to show a window on'
}

/** One row of the tray's menu, as Electron has it. */
export interface TrayRow {
  readonly label: string
  readonly checked: boolean
  readonly rows: readonly TrayRow[]
}

/** The app in the real Electron, with a data directory and an upstream of its own. */
export interface RealDesktop {
  readonly app: ElectronApplication
  readonly page: Page
  readonly dataDir: string
  state(): Promise<AppState>
  createKey(): Promise<string>
  /** The status of a request of a site to the gateway. */
  knock(secret: string, origin: string): Promise<number>
  trayRows(): Promise<readonly TrayRow[]>
  /** Clicks a row by the labels that lead to it. */
  clickTray(...labels: string[]): Promise<void>
  isVisible(): Promise<boolean>
  /** Starts the app once more with the same data directory; resolves to the exit code. */
  startAgain(...args: string[]): Promise<number | null>
  stop(): Promise<void>
}

export async function startRealDesktop(settings: object): Promise<RealDesktop> {
  await ensureBuilt()
  const home = await createTempDir()
  const upstream = await startUpstream()
  // The tests look for the tray's rows by their English names.
  const ownSettings = { gatewayPort: 0, upstream: upstream.url, language: 'en', ...settings }
  writeFileSync(join(home.path, 'settings.json'), JSON.stringify(ownSettings))
  const executablePath = String(findElectron())
  const isRoot = process.getuid?.() === 0
  const args = [...(isRoot ? ['--no-sandbox'] : []), ROOT]
  const env = { ...definedEnv(), LATCHKEY_DATA_DIR: home.path, XDG_CONFIG_HOME: join(home.path, 'config') }
  // On Linux Playwright takes the sandbox away unless it is told not to.
  const app = await _electron.launch({ executablePath, args, env, chromiumSandbox: !isRoot })
  await keepTrayMenu(app)
  const page = await app.firstWindow()
  // The address is there before the page is: it must have named itself.
  // A chosen language that this window does not know yet loads the page once more.
  await page.waitForFunction(() => {
    const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    return load?.type === 'reload' && document.title.includes('· Latchkey')
  })
  return {
    app,
    page,
    dataDir: home.path,
    ...operations(app, page),
    async startAgain(...more) {
      const again = spawn(executablePath, [...args, ...more], { env, stdio: 'ignore' })
      const [code] = (await once(again, 'exit')) as [number | null]
      return code
    },
    async stop() {
      await app.close()
      upstream.close()
      await home.remove()
    },
  }
}

async function startUpstream(): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => response.end('{"models":[]}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

/** What a person, the page and a site can do to the app. */
function operations(app: ElectronApplication, page: Page) {
  const ask = (path: string, init: { method: string; headers?: Record<string, string>; body?: string }) =>
    page.evaluate(async ([to, how]) => (await fetch(to, how)).json() as Promise<unknown>, [path, init] as const)
  const state = async () => appStateSchema.parse(await ask('/api/state', { method: 'GET' }))
  return {
    state,
    async createKey() {
      const headers = { 'Content-Type': 'application/json' }
      return issuedKeySchema.parse(await ask('/api/keys', { method: 'POST', headers, body: '{"name":"test"}' })).secret
    },
    async knock(secret: string, origin: string) {
      const headers = { Authorization: `Bearer ${secret}`, Origin: origin }
      const { port } = (await state()).gateway
      return (await fetch(`http://127.0.0.1:${port}/api/tags`, { headers })).status
    },
    trayRows: () => app.evaluate(readTrayMenu),
    clickTray: (...labels: string[]) => app.evaluate(clickTrayMenu, labels),
    isVisible: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false),
  }
}

// The functions below run in Electron's main process: they see nothing of this file.

interface Kept {
  trayMenu?: Electron.Menu
}

/** Electron does not give back a menu that a tray was given, so each is kept as it is set: from the next change on. */
async function keepTrayMenu(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Tray }) => {
    const original = Tray.prototype.setContextMenu
    Tray.prototype.setContextMenu = function keep(menu) {
      if (menu !== null) (globalThis as Kept).trayMenu = menu
      original.call(this, menu)
    }
  })
}

function readTrayMenu(): readonly TrayRow[] {
  const read = (menu: Electron.Menu | undefined): TrayRow[] =>
    (menu?.items ?? []).map(({ label, checked, submenu }) => ({ label, checked, rows: read(submenu) }))
  return read((globalThis as Kept).trayMenu)
}

function clickTrayMenu(_electronModule: unknown, labels: readonly string[]): void {
  let menu = (globalThis as Kept).trayMenu
  for (const [depth, label] of labels.entries()) {
    const item = menu?.items.find((one) => one.label === label)
    if (item === undefined) throw new Error(`the tray has no row ${labels.join(' > ')}`)
    if (depth === labels.length - 1) {
      ;(item.click as () => void)()
      // Electron flips the mark of a check box at once, before anything is decided: only the menu that is drawn next
      // tells the truth.
      if (item.type === 'checkbox') delete (globalThis as Kept).trayMenu
    } else menu = item.submenu
  }
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
