import type { BrowserWindowConstructorOptions, NativeImage, Rectangle } from 'electron'

const DEFAULT_SIZE = { width: 1080, height: 760 }
const SMALLEST = { width: 640, height: 480 }
/** How much of a window must be on a screen so that a person can drag it, in pixels each way. */
const GRASPABLE = 80

/** The window's session. It is kept in memory only, because a page that shows a new key must not reach a disk cache. */
export const CONSOLE_PARTITION = 'console'

export interface WindowPlan {
  readonly bounds: Partial<Rectangle>
  /** Absolute path of the bundled preload script. */
  readonly preload: string
  /** Whether the page will use its dark theme. */
  readonly dark: boolean
  /** The icon of the title bar and the task bar. */
  readonly icon: NativeImage
}

/** The pages' background (`--lk-page` of global.css), which is visible until a page is painted. */
const BACKGROUND = { light: '#f7f4ef', dark: '#171512' }

/** The window is shown when its first page is painted, so that no white flashes up. */
export function windowOptions({ bounds, preload, dark, icon }: WindowPlan): BrowserWindowConstructorOptions {
  return {
    ...DEFAULT_SIZE,
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'Latchkey',
    show: false,
    icon,
    backgroundColor: dark ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      partition: CONSOLE_PARTITION,
      preload,
      // The page is ours, but its content came from the network: treat it as a page that could be taken over.
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // A spell checker would download dictionaries and read what the person types.
      spellcheck: false,
    },
  }
}

/**
 * The work areas of the current screens, without panels. A window without a saved position opens on the primary screen.
 */
export interface Screens {
  readonly primary: Rectangle
  readonly others: readonly Rectangle[]
}

/**
 * Returns the saved bounds if a person could drag the window there. Otherwise it returns as much of its size as fits,
 * or nothing.
 */
export function placeOnScreens(saved: Rectangle | null, { primary, others }: Screens): Partial<Rectangle> {
  if (saved === null) return {}
  const isSeen = [primary, ...others].some((area) => sharedWidth(saved, area) >= GRASPABLE && titleBarIsOn(saved, area))
  if (isSeen) return saved
  // The window would be centred, so one taller than the screen would have its title bar above it.
  return { width: Math.min(saved.width, primary.width), height: Math.min(saved.height, primary.height) }
}

function sharedWidth(window: Rectangle, area: Rectangle): number {
  return Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
}

/** A person drags a window by its title bar, so its upper edge decides. */
function titleBarIsOn(window: Rectangle, area: Rectangle): boolean {
  return window.y >= area.y && window.y <= area.y + area.height - GRASPABLE
}
