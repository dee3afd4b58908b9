import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { type AppState, appStateSchema } from '#shared/console-api/state.ts'
import { issuedKeySchema } from '#shared/keys/key.ts'
import { ensureBuilt } from '../../build/scripts/building/built.ts'
import { findElectron, hasDisplay } from '../../build/scripts/programs/electron.ts'
import { type SampleUpstream, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Why the real Electron cannot be had here, or undefined. The file is looked for: asking Playwright starts a download. */
export function reasonToSkip(): string | undefined {
  // `npm test` looked for a runtime and prints why it found none.
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

/** The app in the real Electron, with a data directory and an upstream of its own; its window may be hidden. */
export interface HiddenDesktop {
  readonly app: ElectronApplication
  readonly dataDir: string
  isVisible(): Promise<boolean>
  /** Starts the app once more with the same data directory; resolves to the exit code. */
  startAgain(...args: string[]): Promise<number | null>
  /** Ends the app as a crash of the computer would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The same with its window. */
export interface RealDesktop extends HiddenDesktop {
  readonly page: Page
  state(): Promise<AppState>
  createKey(): Promise<string>
  /** `http://127.0.0.1:PORT` */
  gateway(): Promise<string>
  /** The status of a request of a site to the gateway. */
  knock(secret: string, origin: string): Promise<number>
  trayRows(): Promise<readonly TrayRow[]>
  /** Clicks a row by the labels that lead to it. */
  clickTray(...labels: string[]): Promise<void>
}

export interface RealDesktopOptions {
  /** Over settings that suit a test: any free port, English. */
  readonly settings?: object
  /** Goes on with the data of an earlier run. It is not removed. */
  readonly dataDir?: string
  /** Arguments of the app. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds between the pieces of an answer of the upstream. */
  readonly chunkDelayMs?: number
}

export async function startRealDesktop(options: RealDesktopOptions = {}): Promise<RealDesktop> {
  const hidden = await startHiddenDesktop(options)
  const page = await shownPage(hidden.app)
  return { ...hidden, page, ...operations(hidden.app, page) }
}

/** The page of the app's window, once it is there. */
export async function shownPage(app: ElectronApplication): Promise<Page> {
  const page = await app.firstWindow()
  // The address is there before the page is: it must have named itself.
  await page.waitForFunction(() => document.title.includes('· Latchkey'))
  return page
}

/** The same app without waiting for a window. */
export async function startHiddenDesktop(options: RealDesktopOptions = {}): Promise<HiddenDesktop> {
  await ensureBuilt()
  const home = options.dataDir === undefined ? await createTempDir() : undefined
  const dataDir = options.dataDir ?? String(home?.path)
  const upstream = await startSampleUpstream({ chunkDelayMs: options.chunkDelayMs ?? 0 })
  const file = join(dataDir, 'settings.json')
  // The tests look for the tray's rows by their English names.
  const settings = { gatewayPort: 0, upstream: upstream.url, language: 'en', ...options.settings }
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(settings))
  const launch = launchOptions(dataDir, options)
  const app = await _electron.launch(launch)
  await keepTrayMenu(app)
  return {
    app,
    dataDir,
    isVisible: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false),
    async startAgain(...more) {
      const again = spawn(launch.executablePath, [...baseArgs(), ...more], { env: launch.env, stdio: 'ignore' })
      const [code] = (await once(again, 'exit')) as [number | null]
      return code
    },
    ...endings(app, upstream, home),
  }
}

function launchOptions(dataDir: string, { args = [], env = {} }: RealDesktopOptions) {
  return {
    executablePath: String(findElectron()),
    args: [...baseArgs(), ...args],
    env: { ...definedEnv(), LATCHKEY_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(dataDir, 'config'), ...env },
    // On Linux Playwright disables the sandbox by default.
    chromiumSandbox: !isRoot(),
  }
}

function baseArgs(): string[] {
  return [...(isRoot() ? ['--no-sandbox'] : []), ROOT]
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function endings(app: ElectronApplication, upstream: SampleUpstream, home: { remove(): Promise<void> } | undefined) {
  const process = app.process()
  const ended = once(process, 'exit')
  return {
    async kill() {
      process.kill('SIGKILL')
      await ended
    },
    async stop() {
      if (process.exitCode === null && process.signalCode === null) await app.close()
      await ended
      await upstream.close()
      await home?.remove()
    },
  }
}

/** The actions of a person, the page and a site on the app. */
function operations(app: ElectronApplication, page: Page) {
  const ask = (path: string, init: { method: string; headers?: Record<string, string>; body?: string }) =>
    page.evaluate(async ([to, how]) => (await fetch(to, how)).json() as Promise<unknown>, [path, init] as const)
  const state = async () => appStateSchema.parse(await ask('/api/state', { method: 'GET' }))
  const gateway = async () => `http://127.0.0.1:${(await state()).gateway.port}`
  return {
    state,
    gateway,
    async createKey() {
      const headers = { 'Content-Type': 'application/json' }
      return issuedKeySchema.parse(await ask('/api/keys', { method: 'POST', headers, body: '{"name":"test"}' })).secret
    },
    async knock(secret: string, origin: string) {
      const headers = { Authorization: `Bearer ${secret}`, Origin: origin }
      return (await fetch(`${await gateway()}/api/tags`, { headers })).status
    },
    trayRows: () => app.evaluate(readTrayMenu),
    /** Waits for the row: the menu that has it may still have to be drawn. */
    async clickTray(...labels: string[]) {
      await until(() => app.evaluate(clickTrayMenu, labels), `the tray to have a row ${labels.join(' > ')}`)
    },
  }
}

// The functions below run in Electron's main process: they see nothing of this file.

interface Kept {
  trayMenu?: Electron.Menu
}

/** Electron does not give back a menu that a tray was given, so each is kept as it is set: from the next change on. */
async function keepTrayMenu(app: ElectronApplication): Promise<void> {
  await evaluateAtStart(app, ({ Tray }) => {
    const original = Tray.prototype.setContextMenu
    Tray.prototype.setContextMenu = function keep(menu) {
      if (menu !== null) (globalThis as Kept).trayMenu = menu
      original.call(this, menu)
    }
  })
}

/**
 * V8 can collect the promise of an evaluation while the app still starts, and Playwright then rejects. `work` must do no
 * harm when it runs twice.
 */
async function evaluateAtStart(
  app: ElectronApplication,
  work: Parameters<typeof app.evaluate<void, void>>[0],
): Promise<void> {
  try {
    await app.evaluate(work)
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('garbage collected'))) throw error
    await app.evaluate(work)
  }
}

function readTrayMenu(): readonly TrayRow[] {
  const read = (menu: Electron.Menu | undefined): TrayRow[] =>
    (menu?.items ?? []).map(({ label, checked, submenu }) => ({ label, checked, rows: read(submenu) }))
  return read((globalThis as Kept).trayMenu)
}

/** Returns whether the row was there. */
function clickTrayMenu(_electronModule: unknown, labels: readonly string[]): boolean {
  let menu = (globalThis as Kept).trayMenu
  for (const [depth, label] of labels.entries()) {
    const item = menu?.items.find((one) => one.label === label)
    if (item === undefined) return false
    if (depth === labels.length - 1) {
      ;(item.click as () => void)()
      // Electron flips the mark of a check box at once, before anything is decided: only the menu that is drawn next
      // tells the truth.
      if (item.type === 'checkbox') delete (globalThis as Kept).trayMenu
    } else menu = item.submenu
  }
  return true
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
