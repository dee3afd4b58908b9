import { BrowserWindow, screen } from 'electron'
import { appIcon } from './icons.ts'
import { consoleUrl, HOME, type Page } from './pages.ts'
import type { Leash } from './remote-leash.ts'
import type { WindowMemory } from './window-memory.ts'
import { placeOnScreens, windowOptions } from './window-options.ts'

export interface ConsoleWindowOptions {
  readonly memory: WindowMemory
  readonly preload: string
  readonly leash: Leash
  /** Whether the console is dark now. */
  readonly dark: () => boolean
  /** Takes a window out of sight that a person has closed. */
  readonly hide: (window: BrowserWindow) => void
}

export interface ConsoleWindow {
  /** Shows the window on a page, making it if there is none. */
  open(page: Page): void
  isVisible(): boolean
  /** Closes it for good; from now on closing does not hide. */
  close(): void
}

/** The one window. Closing it hides it: Latchkey goes on without it. */
export function createConsoleWindow(options: ConsoleWindowOptions): ConsoleWindow {
  let window: BrowserWindow | undefined
  let closing = false
  const make = () => {
    const made = makeWindow(options)
    made.on('close', (event) => {
      options.memory.write({ bounds: made.getNormalBounds() })
      if (closing) return
      event.preventDefault()
      options.hide(made)
    })
    // A page whose process has died shows nothing for ever: the next `open` makes a new window.
    made.webContents.on('render-process-gone', () => made.destroy())
    made.on('closed', () => {
      window = undefined
    })
    return made
  }
  return {
    open(page) {
      if (window === undefined) {
        window = make()
        void window.loadURL(consoleUrl(page))
        return
      }
      // The first page means "the window": it stays on the page where the person left it.
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

function makeWindow({ memory, preload, leash, dark }: ConsoleWindowOptions): BrowserWindow {
  const others = screen.getAllDisplays().map((display) => display.workArea)
  const screens = { primary: screen.getPrimaryDisplay().workArea, others }
  const bounds = placeOnScreens(memory.read().bounds, screens)
  const window = new BrowserWindow(windowOptions({ bounds, preload, dark: dark(), icon: appIcon() }))
  leash.hold(window.webContents)
  showWhenPainted(window)
  return window
}

/**
 * On Wayland nothing is painted in a window before it is shown, so that the event for a first paint never comes
 * (https://github.com/electron/electron/issues/48859): there the page's end of loading shows it, on its own background.
 */
function showWhenPainted(window: BrowserWindow): void {
  let isShown = false
  const show = () => {
    if (isShown) return
    isShown = true
    window.show()
  }
  window.once('ready-to-show', show)
  if (process.platform === 'linux') window.webContents.once('did-finish-load', show)
}

function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
