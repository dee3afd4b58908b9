import { BrowserWindow, screen } from 'electron'
import type { Leash } from '../hardening/remote-leash.ts'
import { appIcon } from '../tray/icons.ts'
import type { ThrottleClock } from '../tray/throttle.ts'
import { consoleUrl, HOME, type Page } from './pages.ts'
import type { WindowMemory } from './window-memory.ts'
import { placeOnScreens, windowOptions } from './window-options.ts'

/**
 * How long a window that was closed is kept for a person who wants it back at once, in milliseconds. Its page takes half
 * as much memory again as all the rest of the app (docs/performance.md).
 */
const KEPT_MS = 5 * 60_000

export interface ConsoleWindowOptions {
  readonly memory: WindowMemory
  readonly preload: string
  readonly leash: Leash
  /** Whether the console is dark now. */
  readonly dark: () => boolean
  /** Takes a window out of sight that a person has closed. */
  readonly hide: (window: BrowserWindow) => void
  readonly after: ThrottleClock['after']
}

export interface ConsoleWindow {
  /** Shows the window on a page, making it if there is none. */
  open(page: Page): void
  isVisible(): boolean
  /** Closes it for good; from now on closing does not hide. */
  close(): void
}

/** What the next window takes over from the one before it. */
interface Left {
  readonly address: string
  readonly isMaximized: boolean
}

/**
 * The one window. Closing it hides it: Latchkey goes on without it. Hidden for long it is destroyed, and the next one
 * opens where it was: everything that a page shows is read anew, and only what was being typed is gone.
 */
export function createConsoleWindow(options: ConsoleWindowOptions): ConsoleWindow {
  let window: BrowserWindow | undefined
  let left: Left | undefined
  let closing = false
  let keep = nothingIsDue
  let isMaximized = false
  const make = () => {
    const made = makeWindow(options, left?.isMaximized ?? false)
    made.on('close', (event) => {
      options.memory.write({ bounds: made.getNormalBounds() })
      if (closing) return
      event.preventDefault()
      // Hidden it may have been told otherwise.
      isMaximized = made.isMaximized()
      options.hide(made)
    })
    made.on('hide', () => {
      keep()
      keep = options.after(KEPT_MS, () => {
        left = { address: made.webContents.getURL(), isMaximized }
        made.destroy()
      })
    })
    made.on('show', () => keep())
    // A page whose process has died shows nothing for ever: the next `open` makes a new window.
    made.webContents.on('render-process-gone', () => made.destroy())
    made.on('closed', () => {
      keep()
      window = undefined
    })
    return made
  }
  return {
    // The first page means "the window": it stays on the page where the person left it.
    open(page) {
      if (window === undefined) {
        window = make()
        void window.loadURL(page === HOME && left !== undefined ? left.address : consoleUrl(page))
        left = undefined
        return
      }
      if (page !== HOME) void window.loadURL(consoleUrl(page))
      bringForward(window)
    },
    isVisible: () => window?.isVisible() ?? false,
    close() {
      closing = true
      window?.close()
    },
  }
}

function nothingIsDue(): void {}

function makeWindow({ memory, preload, leash, dark }: ConsoleWindowOptions, isMaximized: boolean): BrowserWindow {
  const others = screen.getAllDisplays().map((display) => display.workArea)
  const screens = { primary: screen.getPrimaryDisplay().workArea, others }
  const bounds = placeOnScreens(memory.read().bounds, screens)
  const window = new BrowserWindow(windowOptions({ bounds, preload, dark: dark(), icon: appIcon() }))
  leash.hold(window.webContents)
  showWhenPainted(window, isMaximized)
  return window
}

/**
 * On Wayland nothing is painted in a window before it is shown, so that the event for a first paint never comes
 * (https://github.com/electron/electron/issues/48859): there the page's end of loading shows it, on its own background.
 */
function showWhenPainted(window: BrowserWindow, isMaximized: boolean): void {
  let isShown = false
  const show = () => {
    if (isShown) return
    isShown = true
    if (isMaximized) window.maximize()
    else window.show()
  }
  window.once('ready-to-show', show)
  if (process.platform === 'linux') window.webContents.once('did-finish-load', show)
}

function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
