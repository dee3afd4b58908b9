import { BrowserWindow, screen } from 'electron'
import { appIcon } from './icons.ts'
import { tell } from './native-notification.ts'
import { consoleUrl, HOME, type Page } from './pages.ts'
import type { Leash } from './remote-leash.ts'
import type { DesktopText } from './text/choose-text.ts'
import type { WindowMemory } from './window-memory.ts'
import { placeOnScreens, windowOptions } from './window-options.ts'

export interface ConsoleWindowOptions {
  readonly memory: WindowMemory
  readonly preload: string
  readonly leash: Leash
  /** In the language that is chosen now. */
  readonly text: () => DesktopText
  /** Whether the console is dark now. */
  readonly dark: () => boolean
}

export interface ConsoleWindow {
  /** Shows the window on a page, making it if there is none. */
  open(page: Page): void
  /** Closes it for good; from now on closing does not hide. */
  close(): void
}

/** The one window. Closing it hides it: Latchkey goes on in the tray. */
export function createConsoleWindow(options: ConsoleWindowOptions): ConsoleWindow {
  let window: BrowserWindow | undefined
  let closing = false
  const make = () => {
    const made = makeWindow(options)
    made.on('close', (event) => {
      options.memory.write({ bounds: made.getNormalBounds() })
      if (closing) return
      event.preventDefault()
      made.hide()
      tellAboutTray(options)
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
  window.once('ready-to-show', () => window.show())
  return window
}

function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

function tellAboutTray({ memory, text }: ConsoleWindowOptions): void {
  if (memory.read().toldAboutTray) return
  const { title, body } = text().hidden
  if (tell(title, body)) memory.write({ toldAboutTray: true })
}
