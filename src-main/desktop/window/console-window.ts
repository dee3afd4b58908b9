import { BrowserWindow, screen } from 'electron'
import type { Leash } from '../hardening/remote-leash.ts'
import { appIcon } from '../tray/icons.ts'
import type { ThrottleClock } from '../tray/throttle.ts'
import { consoleUrl, HOME, type Page } from './pages.ts'
import type { WindowMemory } from './window-memory.ts'
import { placeOnScreens, windowOptions } from './window-options.ts'

/**
 * How long a closed window is kept so that it can reopen at once, in milliseconds. Its page takes half as much memory
 * again as the rest of the app (docs/performance.md).
 */
const KEPT_MS = 5 * 60_000

export interface ConsoleWindowOptions {
  readonly memory: WindowMemory
  readonly preload: string
  readonly leash: Leash
  /** Whether the console uses its dark theme now. */
  readonly dark: () => boolean
  /** Hides a window that the person closed. */
  readonly hide: (window: BrowserWindow) => void
  readonly after: ThrottleClock['after']
}

export interface ConsoleWindow {
  /** Shows the window on a page. Creates the window if there is none. */
  open(page: Page): void
  isVisible(): boolean
  /** Closes the window. From now on closing no longer hides it. */
  close(): void
}

/** State that the next window takes over from the previous one. */
interface Left {
  readonly address: string
  readonly isMaximized: boolean
}

/**
 * The one window. Closing hides it, and Latchkey keeps running. A window that stays hidden is destroyed after a while;
 * the next one opens on the same page with fresh data, and only unsaved input is lost.
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
      // It may have changed while the window was hidden.
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
    // A page whose process has died stays blank: the next `open` creates a new window.
    made.webContents.on('render-process-gone', () => made.destroy())
    made.on('closed', () => {
      keep()
      window = undefined
    })
    return made
  }
  return {
    // HOME means any page: an open window stays on its page.
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
 * On Wayland a window is not painted before it is shown, so the event for the first paint never comes
 * (https://github.com/electron/electron/issues/48859). There the window is shown, on its own background, when the page
 * has loaded.
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
