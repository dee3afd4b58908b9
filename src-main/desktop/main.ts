import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, ipcMain, protocol, safeStorage, shell } from 'electron'
import type { About } from '#shared/console-api/desktop-bridge.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { homeOfUser } from '../base/home-folder.ts'
import { FailureLog } from '../observability/failures.ts'
import { catchTheRest } from '../observability/last-resort.ts'
import { createLog } from '../observability/log.ts'
import { defaultDataDir, prepareDataDir } from '../settings/data-dir.ts'
import { COULD_NOT_START, type Desktop, startDesktop } from './desktop.ts'
import { PRIVILEGED_SCHEME } from './hardening/app-protocol.ts'
import { harden } from './hardening/hardening.ts'
import { leashRemote } from './hardening/remote-leash.ts'
import { nameToWindows } from './system/app-id.ts'
import { recordCrashes } from './system/crashes.ts'
import { openLogFile } from './system/log-file.ts'
import { createLoginItem, HIDDEN_FLAG, type SystemLoginItem } from './system/login-item.ts'
import { openSecretVault } from './system/secret-vault.ts'
import { pageOfLaunch, pageOfLink, registersLinks } from './window/deep-link.ts'
import { CONSOLE_LINK_SCHEME, HOME, type Page } from './window/pages.ts'

// dist/main/desktop.js, beside dist/preload and dist/renderer.
const DIST = join(import.meta.dirname, '..')
/** The same flag as for `latchkey serve`: the built-in sample replaces Ollama. */
const DEMO_FLAG = '--demo'

try {
  const dataDir = prepareDataDir(defaultDataDir(process.env, process.platform))
  keepChromiumIn(join(dataDir, 'chromium'))
  nameToWindows(app, process.platform)
  if (app.requestSingleInstanceLock()) run(dataDir)
  else app.quit()
} catch (error) {
  giveUp(COULD_NOT_START, error)
}

/**
 * Keeps Chromium's files apart from keys and usage. Electron's single-instance lock uses this path, so each data
 * directory has one instance.
 */
function keepChromiumIn(directory: string): void {
  // setPath throws if the directory does not exist.
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  app.setPath('userData', directory)
}

function run(dataDir: string): void {
  // Not awaited at the top level: an ES module that waits there for `ready` keeps Electron from becoming ready.
  const started = start(dataDir).catch((error: unknown) => giveUp(COULD_NOT_START, error))
  const openWindow = (page: Page) => void started.then((desktop) => desktop?.window.open(page))
  // A second instance that a restored session started at login opens no window either.
  app.on('second-instance', (_event, argv) => argv.includes(HIDDEN_FLAG) || openWindow(pageOfLaunch(argv)))
  app.on('activate', () => openWindow(HOME))
  app.on('open-url', (event, link) => {
    event.preventDefault()
    openWindow(pageOfLink(link))
  })
  // Latchkey keeps running in the tray without a window.
  app.on('window-all-closed', () => {})
  void started.then((desktop) => startsHidden() || desktop?.window.open(pageOfLaunch(process.argv)))
  openLinks()
}

function openLinks(): void {
  const { env, platform, execPath } = process
  if (!registersLinks({ isPackaged: app.isPackaged, platform, env })) return
  // Everything after `--` is an argument, so a link cannot inject an option of Chromium's.
  app.setAsDefaultProtocolClient(CONSOLE_LINK_SCHEME, execPath, ['--'])
}

async function start(dataDir: string): Promise<Desktop> {
  const logFile = logFileOf(dataDir)
  const log = createLog(openLogFile({ path: logFile, rotation: null }), 'info')
  const failures = new FailureLog({ log, now: Date.now })
  const noteTheRest = catchTheRest({
    process,
    atStart(error, kind) {
      failures.note(error)
      // The start does not depend on a promise that nobody awaits, so only an exception ends it.
      if (kind === 'uncaughtException') giveUp(COULD_NOT_START, error)
    },
  })
  recordCrashes({ app, log })
  protocol.registerSchemesAsPrivileged([PRIVILEGED_SCHEME])
  harden({ app, shell })
  const desktop = await startDesktop({
    start: {
      version: app.getVersion(),
      dataDir,
      logFile,
      rendererDir: join(DIST, 'renderer'),
      env: { ...process.env },
      demo: process.argv.includes(DEMO_FLAG),
    },
    vault: (name) => openSecretVault({ name, dataDir, platform: process.platform, safeStorage }),
    loginItem: ownLoginItem(),
    leash: leashRemote(app, ipcMain, aboutThis(dataDir, logFile)),
    preload: join(DIST, 'preload', 'preload.cjs'),
    log,
    giveUp,
  })
  noteTheRest(desktop)
  return desktop
}

/** Path of the log file. The About page shows it to a person who reports a fault. */
function logFileOf(dataDir: string): string {
  return join(dataDir, 'latchkey.log')
}

function giveUp(title: string, error: unknown): undefined {
  const sentence = error instanceof PersonError ? error.message : `Something unexpected went wrong: ${String(error)}`
  dialog.showErrorBox(title, sentence)
  app.exit(1)
}

function aboutThis(dataDir: string, logFile: string): About {
  const { electron, chrome, node } = process.versions
  return { version: app.getVersion(), electron: String(electron), chromium: String(chrome), node, dataDir, logFile }
}

/** An unpacked app is Electron with a folder as its argument, and the system cannot start that at login. */
function ownLoginItem(): SystemLoginItem | null {
  const home = homeOfUser()
  if (!app.isPackaged || home === undefined) return null
  const { platform, env, execPath } = process
  return createLoginItem({ platform, env, home, execPath, app })
}

/** True after a start at login: our own entry passes a flag (Windows, Linux), and macOS reports it. */
function startsHidden(): boolean {
  if (process.platform === 'darwin') return app.getLoginItemSettings().wasOpenedAtLogin
  return process.argv.includes(HIDDEN_FLAG)
}
