import { join } from 'node:path'
import { app, dialog, ipcMain, protocol, shell } from 'electron'
import { PersonError } from '#shared/person-error.ts'
import { PRIVILEGED_SCHEME } from './app-protocol.ts'
import type { ConsoleWindow } from './console-window.ts'
import { startDesktop } from './desktop.ts'
import { harden } from './hardening.ts'
import { createDesktopHost, logFileOf, openFileLog, prepareDataDir } from './host.ts'
import { HIDDEN_FLAG } from './login-item.ts'
import { leashRemote } from './remote-leash.ts'

// dist/main/desktop.js, beside dist/preload and dist/renderer.
const DIST = join(import.meta.dirname, '..')

// Never awaited here: an ES module that waits for `ready` at its top level keeps Electron from becoming ready.
if (app.requestSingleInstanceLock()) run()
else app.quit()

function run(): void {
  const started = start()
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

/** Resolves to nothing when it could not start: the person has then been told, and the app is quitting. */
async function start(): Promise<ConsoleWindow | undefined> {
  try {
    protocol.registerSchemesAsPrivileged([PRIVILEGED_SCHEME])
    const dataDir = app.getPath('userData')
    prepareDataDir(dataDir)
    const logFile = logFileOf(dataDir)
    const log = openFileLog(logFile)
    harden({ app, shell, log })
    const leash = leashRemote(app, ipcMain, aboutThis(dataDir, logFile))
    await app.whenReady()
    const host = createDesktopHost({
      version: app.getVersion(),
      dataDir,
      rendererDir: join(DIST, 'renderer'),
      env: process.env,
      log,
    })
    return await startDesktop({ host, leash, preload: join(DIST, 'preload', 'preload.cjs') })
  } catch (error) {
    dialog.showErrorBox('Latchkey could not start', sentenceFor(error))
    app.exit(1)
    return undefined
  }
}

function sentenceFor(error: unknown): string {
  return error instanceof PersonError ? error.message : `Something unexpected went wrong: ${String(error)}`
}

function aboutThis(dataDir: string, logFile: string) {
  const { electron, chrome, node } = process.versions
  return { version: app.getVersion(), electron: String(electron), chromium: String(chrome), node, dataDir, logFile }
}

/** Started at login: by our own entry (Windows, Linux), or as macOS tells. */
function startsHidden(): boolean {
  return process.argv.includes(HIDDEN_FLAG) || app.getLoginItemSettings().wasOpenedAtLogin
}
