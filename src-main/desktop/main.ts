import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, ipcMain, protocol, safeStorage, shell } from 'electron'
import type { About } from '#shared/console-api/desktop-bridge.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { homeOfUser } from '../base/home-folder.ts'
import type { LoginItem } from '../base/host.ts'
import { FailureLog } from '../observability/failures.ts'
import { catchTheRest } from '../observability/last-resort.ts'
import { createLog } from '../observability/log.ts'
import { startDemo } from '../sample/demo.ts'
import { defaultDataDir, prepareDataDir } from '../settings/data-dir.ts'
import { startDesktop } from './desktop.ts'
import { PRIVILEGED_SCHEME } from './hardening/app-protocol.ts'
import { harden } from './hardening/hardening.ts'
import { leashRemote } from './hardening/remote-leash.ts'
import { nameToWindows } from './system/app-id.ts'
import { recordCrashes } from './system/crashes.ts'
import { createDesktopHost, logFileOf } from './system/host.ts'
import { openLogFile } from './system/log-file.ts'
import { createLoginItem, HIDDEN_FLAG } from './system/login-item.ts'
import { openSecretVault } from './system/secret-vault.ts'
import type { ConsoleWindow } from './window/console-window.ts'
import { pageOfLaunch, pageOfLink, registersLinks } from './window/deep-link.ts'
import { CONSOLE_LINK_SCHEME, HOME, type Page } from './window/pages.ts'

// dist/main/desktop.js, beside dist/preload and dist/renderer.
const DIST = join(import.meta.dirname, '..')
/** As of `latchkey serve`: the built-in sample in Ollama's place. */
const DEMO_FLAG = '--demo'
const LOG_LIMIT_BYTES = 2_000_000
const OLD_LOGS_KEPT = 2
/** How much of the log is in "Copy diagnostics". */
const LOG_TAIL_BYTES = 20_000

try {
  const dataDir = prepareDataDir(defaultDataDir(process.env, process.platform))
  keepChromiumIn(join(dataDir, 'chromium'))
  nameToWindows(app, process.platform)
  if (app.requestSingleInstanceLock()) run(dataDir)
  else app.quit()
} catch (error) {
  giveUp('Latchkey could not start', error)
}

/** What Chromium writes stays apart from keys and usage. One instance per data directory: the lock hangs on this path. */
function keepChromiumIn(directory: string): void {
  // setPath throws for a directory that is not there.
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  app.setPath('userData', directory)
}

function run(dataDir: string): void {
  // Never awaited here: an ES module that waits for `ready` at its top level keeps Electron from becoming ready.
  const started = start(dataDir).catch((error: unknown) => giveUp('Latchkey could not start', error))
  const openWindow = (page: Page) => void started.then((window) => window?.open(page))
  // One that was started at login beside this one, by a session that brings its programs back, shows nothing either.
  app.on('second-instance', (_event, argv) => argv.includes(HIDDEN_FLAG) || openWindow(pageOfLaunch(argv)))
  app.on('activate', () => openWindow(HOME))
  app.on('open-url', (event, link) => {
    event.preventDefault()
    openWindow(pageOfLink(link))
  })
  // The tray goes on without a window.
  app.on('window-all-closed', () => {})
  void started.then((window) => startsHidden() || window?.open(pageOfLaunch(process.argv)))
  openLinks()
}

function openLinks(): void {
  const { env, platform, execPath } = process
  if (!registersLinks({ isPackaged: app.isPackaged, platform, env })) return
  // After `--` nothing in a link can be taken for an option of Chromium's.
  app.setAsDefaultProtocolClient(CONSOLE_LINK_SCHEME, execPath, ['--'])
}

async function start(dataDir: string): Promise<ConsoleWindow> {
  const logPath = logFileOf(dataDir)
  const logFile = openLogFile({ path: logPath, limitBytes: LOG_LIMIT_BYTES, kept: OLD_LOGS_KEPT })
  const log = createLog(logFile, 'info')
  const failures = new FailureLog({ log, now: Date.now })
  const noteTheRest = catchTheRest({
    process,
    atStart(error, kind) {
      failures.note(error)
      // Nobody was waiting for an operation that was rejected, so the start does not hang on it.
      if (kind === 'uncaughtException') giveUp('Latchkey could not start', error)
    },
  })
  recordCrashes({ app, log })
  protocol.registerSchemesAsPrivileged([PRIVILEGED_SCHEME])
  harden({ app, shell })
  const leash = leashRemote(app, ipcMain, aboutThis(dataDir, logPath))
  await app.whenReady()
  const demo = process.argv.includes(DEMO_FLAG) ? await startDemo() : undefined
  const host = createDesktopHost({
    version: app.getVersion(),
    dataDir,
    rendererDir: join(DIST, 'renderer'),
    env: process.env,
    overrides: demo === undefined ? {} : { upstream: demo.url },
    secretVault: openSecretVault({ dataDir, platform: process.platform, safeStorage }),
    loginItem: ownLoginItem(),
    quit: () => app.quit(),
    log,
    failures,
    logTail: () => logFile.tail(LOG_TAIL_BYTES),
  })
  const window = await startDesktop({ host, demo, leash, preload: join(DIST, 'preload', 'preload.cjs'), giveUp })
  noteTheRest(failures)
  return window
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

/** An unpacked app is Electron itself with a folder as argument: that cannot be started at login. */
function ownLoginItem(): LoginItem | null {
  const home = homeOfUser()
  if (!app.isPackaged || home === undefined) return null
  const { platform, env, execPath } = process
  return createLoginItem({ platform, env, home, execPath, app })
}

/** Started at login: by our own entry (Windows, Linux), or as macOS tells. */
function startsHidden(): boolean {
  if (process.platform === 'darwin') return app.getLoginItemSettings().wasOpenedAtLogin
  return process.argv.includes(HIDDEN_FLAG)
}
