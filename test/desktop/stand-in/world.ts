import type * as Electron from 'electron'

/** The state of the stand-in's desktop that a test reads and sets. */
export interface World {
  isFirstInstance: boolean
  /** The person's, best first. */
  readonly languages: string[]
  /** Whether every page gets a sandbox, also one that asks for none. */
  sandboxesAll: boolean
  appUserModelId: string
  /** Of Chromium's command line. */
  readonly removedSwitches: string[]
  /** undefined until one is set, for which Electron puts its own. */
  applicationMenu: Electron.MenuItemConstructorOptions[] | null | undefined
  readonly paths: Record<string, string>
  loginItem: { openAtLogin: boolean; executableWillLaunchAtLogin: boolean; wasOpenedAtLogin: boolean }
  readonly privilegedSchemes: Electron.CustomScheme[]
  readonly sessions: Map<string, SessionRecord>
  readonly windows: WindowRecord[]
  readonly images: ImageRecord[]
  readonly trays: TrayRecord[]
  readonly notifications: NotificationRecord[]
  readonly errorBoxes: { title: string; content: string }[]
  readonly messageBoxes: Electron.MessageBoxOptions[]
  /** The index of the button that the person presses. */
  messageBoxAnswer: number
  readonly openedOutside: string[]
  copied: string
  isDark: boolean
  readonly keyring: Keyring
  /** The program that was registered for links of a scheme. */
  readonly openedLinks: Parameters<Electron.App['setAsDefaultProtocolClient']>[]
  /** The exit codes the app has ended with: one, when all is well. */
  readonly exits: number[]
  /** Whether the app starts again when it has ended. */
  startsAgain: boolean
}

export interface Keyring {
  isOpen: boolean
  /** The key that it encrypts with now. */
  name: string
  /** One that it can still decrypt with. */
  formerName: string | undefined
  backend: ReturnType<Electron.SafeStorage['getSelectedStorageBackend']>
}

type Handler = (request: Request) => Promise<Response>
type PermissionRequest = Exclude<Parameters<Electron.Session['setPermissionRequestHandler']>[0], null>
type PermissionCheck = Exclude<Parameters<Electron.Session['setPermissionCheckHandler']>[0], null>

interface Headers {
  requestHeaders?: Record<string, string>
}

export interface SessionRecord {
  readonly session: Electron.Session
  readonly handlers: Map<string, Handler>
  beforeRequest: ((details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void) | undefined
  beforeSendHeaders:
    | ((details: { requestHeaders: Record<string, string> }, answer: (response: Headers) => void) => void)
    | undefined
  permissionRequest: PermissionRequest | undefined
  permissionCheck: PermissionCheck | undefined
  deviceAllowed: (() => boolean) | undefined
}

export interface WindowRecord {
  readonly window: Electron.BrowserWindow
  readonly options: Electron.BrowserWindowConstructorOptions
  url: string
  visible: boolean
  maximized: boolean
  destroyed: boolean
  windowOpen: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined
}

export interface ImageRecord {
  readonly dataUrl: string
  /** For screens of more than one pixel to a point. */
  readonly representations: Parameters<Electron.NativeImage['addRepresentation']>[0][]
  isTemplate: boolean
}

export interface TrayRecord {
  tray: Electron.Tray | undefined
  /** How often it was given a picture. */
  drawn: number
  image: string
  toolTip: string
  menu: Electron.MenuItemConstructorOptions[]
  destroyed: boolean
}

export interface NotificationRecord {
  readonly notification: Electron.Notification
  readonly options: Electron.NotificationConstructorOptions
  shown: boolean
  closed: boolean
}

export const world: World = {
  isFirstInstance: true,
  languages: ['nl-NL', 'en-CA'],
  sandboxesAll: false,
  appUserModelId: '',
  removedSwitches: [],
  applicationMenu: undefined,
  paths: {},
  loginItem: { openAtLogin: false, executableWillLaunchAtLogin: false, wasOpenedAtLogin: false },
  privilegedSchemes: [],
  sessions: new Map(),
  windows: [],
  images: [],
  trays: [],
  notifications: [],
  errorBoxes: [],
  messageBoxes: [],
  messageBoxAnswer: 0,
  openedOutside: [],
  copied: '',
  isDark: false,
  keyring: { isOpen: true, name: 'one', formerName: undefined, backend: 'gnome_libsecret' },
  openedLinks: [],
  exits: [],
  startsAgain: false,
}
