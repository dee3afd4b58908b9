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

/** State that the next window takes over from the previous one. */
interface Left {
  readonly address: string
  readonly isMaximized: boolean
}

/**
 * The one window. Closing hides it, and Latchkey keeps running. A window that stays hidden is destroyed after a while;
 * the next one opens on the same page with fresh data, and only unsaved input is lost.
 */
export class ConsoleWindow {
  readonly #options: ConsoleWindowOptions
  #window: BrowserWindow | undefined
  #left: Left | undefined
  #isClosing = false
  #isMaximized = false
  /** Cancels the end of a hidden window. */
  #keep = nothingIsDue

  constructor(options: ConsoleWindowOptions) {
    this.#options = options
  }

  /** Shows the window on a page. Creates the window if there is none. */
  open(page: Page): void {
    if (this.#window === undefined) {
      this.#window = this.#create()
      void this.#window.loadURL(page === HOME && this.#left !== undefined ? this.#left.address : consoleUrl(page))
      this.#left = undefined
      return
    }
    // HOME means any page: an open window stays on its page.
    if (page !== HOME) void this.#window.loadURL(consoleUrl(page))
    bringForward(this.#window)
  }

  isVisible(): boolean {
    return this.#window?.isVisible() ?? false
  }

  /** Closes the window. From now on closing no longer hides it. */
  close(): void {
    this.#isClosing = true
    this.#window?.close()
  }

  #create(): BrowserWindow {
    const window = makeWindow(this.#options, this.#left?.isMaximized ?? false)
    window.on('close', (event) => this.#onClose(window, event))
    window.on('hide', () => this.#endLater(window))
    window.on('show', () => this.#keep())
    // A page whose process has died stays blank: the next `open` creates a new window.
    window.webContents.on('render-process-gone', () => window.destroy())
    window.on('closed', () => {
      this.#keep()
      this.#window = undefined
    })
    return window
  }

  #onClose(window: BrowserWindow, event: Electron.Event): void {
    this.#options.memory.write({ bounds: window.getNormalBounds() })
    if (this.#isClosing) return
    event.preventDefault()
    // It may have changed while the window was hidden.
    this.#isMaximized = window.isMaximized()
    this.#options.hide(window)
  }

  #endLater(window: BrowserWindow): void {
    this.#keep()
    this.#keep = this.#options.after(KEPT_MS, () => {
      this.#left = { address: window.webContents.getURL(), isMaximized: this.#isMaximized }
      window.destroy()
    })
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
