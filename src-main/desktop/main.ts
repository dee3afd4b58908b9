import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, ipcMain, protocol, shell } from 'electron'
import type { About } from '#shared/desktop-bridge.ts'
import { PersonError } from '#shared/person-error.ts'
import { defaultDataDir, prepareDataDir } from '../app/data-dir.ts'
import { PRIVILEGED_SCHEME } from './app-protocol.ts'
import type { ConsoleWindow } from './console-window.ts'
import { startDesktop } from './desktop.ts'
import { harden } from './hardening.ts'
import { createDesktopHost, logFileOf, openFileLog } from './host.ts'
import { HIDDEN_FLAG } from './login-item.ts'
import { leashRemote } from './remote-leash.ts'

// dist/main/desktop.js, beside dist/preload and dist/renderer.
const DIST = join(import.meta.dirname, '..')

try {
  const dataDir = prepareDataDir(defaultDataDir(process.env, process.platform))
  keepChromiumIn(join(dataDir, 'chromium'))
  if (app.requestSingleInstanceLock()) run(dataDir)
  else app.quit()
} catch (error) {
  giveUp(error)
}

/** What Chromium writes stays apart from keys and usage. One instance per data directory: the lock hangs on this path. */
function keepChromiumIn(directory: string): void {
  // setPath throws for a directory that is not there.
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  app.setPath('userData', directory)
}

function run(dataDir: string): void {
  // Never awaited here: an ES module that waits for `ready` at its top level keeps Electron from becoming ready.
  const started = start(dataDir).catch(giveUp)
  const openWindow = () => void started.then((window) => window?.open('home'))
  // A second launch, the dock, and a latchkey: link all mean "show me the window". What the link says is not read.
  app.on('second-instance', openWindow)
  app.on('activate', openWindow)
  app.on('open-url', (event) => {
    event.preventDefault()
    openWindow()
  })
  // The tray goes on without a window.
  app.on('window-all-closed', () => {})
  void started.then((window) => startsHidden() || window?.open('home'))
}

async function start(dataDir: string): Promise<ConsoleWindow> {
  const logFile = logFileOf(dataDir)
  const log = openFileLog(logFile)
  protocol.registerSchemesAsPrivileged([PRIVILEGED_SCHEME])
  harden({ app, shell, log })
  const leash = leashRemote(app, ipcMain, aboutThis(dataDir, logFile))
  await app.whenReady()
  const rendererDir = join(DIST, 'renderer')
  const host = createDesktopHost({ version: app.getVersion(), dataDir, rendererDir, env: process.env, log })
  return startDesktop({ host, leash, preload: join(DIST, 'preload', 'preload.cjs') })
}

function giveUp(error: unknown): undefined {
  const sentence = error instanceof PersonError ? error.message : `Something unexpected went wrong: ${String(error)}`
  dialog.showErrorBox('Latchkey could not start', sentence)
  app.exit(1)
}

function aboutThis(dataDir: string, logFile: string): About {
  const { electron, chrome, node } = process.versions
  return { version: app.getVersion(), electron: String(electron), chromium: String(chrome), node, dataDir, logFile }
}

/** Started at login: by our own entry (Windows, Linux), or as macOS tells. */
function startsHidden(): boolean {
  return process.argv.includes(HIDDEN_FLAG) || app.getLoginItemSettings().wasOpenedAtLogin
}
