// Stands in for Electron, because its program (about 120 MB, from GitHub) cannot be downloaded where these tests run.
// Each part has only properties that Electron's own types have, with their types (`satisfies Partial<...>`), and a part
// that is asked for anything else throws: so the shell cannot come to rest on something that is only here.
import { EventEmitter } from 'node:events'
import { request } from 'node:http'
import type * as Electron from 'electron'
import { constructible, emitter, preventable, strict } from './parts.ts'
import { makeSession } from './session.ts'
import { makeNotification, makeTray, menuStatics, nativeImage } from './tray.ts'
import { makeWindow } from './window.ts'
import { world } from './world.ts'

export const app: Electron.App = emitter<Electron.App>('app', {
  isPackaged: true,
  requestSingleInstanceLock: () => world.isFirstInstance,
  releaseSingleInstanceLock: () => {
    world.isFirstInstance = false
  },
  enableSandbox: () => {
    world.sandboxesAll = true
  },
  setAppUserModelId: (id) => {
    world.appUserModelId = id
  },
  commandLine: strict<Electron.CommandLine>('app.commandLine', {
    removeSwitch: (name) => {
      world.removedSwitches.push(name)
    },
  } satisfies Partial<Electron.CommandLine>),
  whenReady: () => Promise.resolve(),
  getVersion: () => '0.1.0-test',
  getName: () => 'latchkey',
  getPreferredSystemLanguages: () => world.languages,
  setAsDefaultProtocolClient: (...given) => {
    world.openedLinks.push(given)
    return true
  },
  setPath: (name, path) => {
    world.paths[name] = path
  },
  getPath: (name) => world.paths[name] ?? `/nowhere/${name}`,
  getLoginItemSettings: () => world.loginItem as Electron.LoginItemSettings,
  setLoginItemSettings: ({ openAtLogin = false }) => {
    world.loginItem = { openAtLogin, executableWillLaunchAtLogin: openAtLogin, wasOpenedAtLogin: false }
  },
  quit: () => {
    const event = preventable()
    app.emit('before-quit', event)
    if (!event.defaultPrevented) app.exit(0)
  },
  relaunch: () => {
    world.startsAgain = true
  },
  exit: (code = 0) => {
    world.exits.push(code)
  },
} satisfies Partial<Electron.App>)

/** The system's own updater, which electron-updater tells that the app quits. */
export const autoUpdater = emitter<Electron.AutoUpdater>('autoUpdater', {} satisfies Partial<Electron.AutoUpdater>)

export const ipcMain = emitter<Electron.IpcMain>('ipcMain', {} satisfies Partial<Electron.IpcMain>)

export const protocol = strict<Electron.Protocol>('protocol', {
  registerSchemesAsPrivileged: (schemes) => {
    world.privilegedSchemes.push(...schemes)
  },
} satisfies Partial<Electron.Protocol>)

export const session = strict<typeof Electron.session>('session', {
  fromPartition: (partition) => world.sessions.get(partition)?.session ?? makeSession(partition, app),
} satisfies Partial<typeof Electron.session>)

export const shell = strict<Electron.Shell>('shell', {
  openExternal: async (url) => {
    world.openedOutside.push(url)
  },
} satisfies Partial<Electron.Shell>)

/** Node's own client in place of Chromium's: enough of it for what electron-updater asks. */
export const net = strict<Electron.Net>('net', {
  request: (options) => request(options as object) as unknown as Electron.ClientRequest,
} satisfies Partial<Electron.Net>)

export const nativeTheme = strict<Electron.NativeTheme>(
  'nativeTheme',
  Object.defineProperties(new EventEmitter(), {
    shouldUseDarkColors: { get: () => world.isDark },
    shouldUseDarkColorsForSystemIntegratedUI: { get: () => world.isDark },
  } satisfies { [Name in keyof Electron.NativeTheme]?: PropertyDescriptor }),
)

/** A keyring whose encryption anyone can see through, but that is not the text itself. */
export const safeStorage = strict<Electron.SafeStorage>('safeStorage', {
  isAsyncEncryptionAvailable: async () => world.keyring.isOpen,
  encryptStringAsync: async (text) => Buffer.from(`${world.keyring.name}:${Buffer.from(text).toString('hex')}`),
  decryptStringAsync: async (encrypted) => {
    const [name, hex = ''] = encrypted.toString().split(':')
    if (name !== world.keyring.name && name !== world.keyring.formerName) throw new Error('cannot be decrypted')
    return { result: Buffer.from(hex, 'hex').toString(), shouldReEncrypt: name !== world.keyring.name }
  },
  getSelectedStorageBackend: () => world.keyring.backend,
} satisfies Partial<Electron.SafeStorage>)

export const dialog = strict<Electron.Dialog>('dialog', {
  showErrorBox: (title, content) => {
    world.errorBoxes.push({ title, content })
  },
  // As with the window alone in front of its options.
  showMessageBox: async (...given: unknown[]) => {
    world.messageBoxes.push(given.at(-1) as Electron.MessageBoxOptions)
    return { response: world.messageBoxAnswer, checkboxChecked: false }
  },
} satisfies Partial<Electron.Dialog>)

export const clipboard = strict<Electron.Clipboard>('clipboard', {
  writeText: async (text) => {
    world.copied = text
  },
} satisfies Partial<Electron.Clipboard>)

const display = { workArea: { x: 0, y: 0, width: 1920, height: 1040 } } as Electron.Display
export const screen = strict<Electron.Screen>('screen', {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
} satisfies Partial<Electron.Screen>)

export const Menu = constructible<typeof Electron.Menu, undefined>(() => ({}), menuStatics)
export const Tray = constructible<typeof Electron.Tray, Electron.NativeImage>(makeTray)
export const Notification = constructible<typeof Electron.Notification, Electron.NotificationConstructorOptions>(
  makeNotification,
  { isSupported: () => true } satisfies Partial<typeof Electron.Notification>,
)
export const BrowserWindow = constructible<typeof Electron.BrowserWindow, Electron.BrowserWindowConstructorOptions>(
  (options) => makeWindow(options, app),
)
export { nativeImage }

const electron = strict<typeof Electron>('electron', {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
} satisfies Partial<typeof Electron>)

export default electron
// What `require('electron')` gives, as in Electron itself.
export { electron as 'module.exports' }
