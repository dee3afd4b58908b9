import type { BrowserWindowConstructorOptions, NativeImage, Rectangle } from 'electron'

const DEFAULT_SIZE = { width: 1080, height: 760 }
const SMALLEST = { width: 640, height: 480 }
/** How much of a window must lie on a screen for a person to be able to grasp it, in pixels each way. */
const GRASPABLE = 80

/** The window's session: in memory only, so that no page of the console (one shows a new key) is written to a disk cache. */
export const CONSOLE_PARTITION = 'console'

export interface WindowPlan {
  readonly bounds: Partial<Rectangle>
  /** Absolute path of the bundled preload script. */
  readonly preload: string
  /** Whether the page will be dark. */
  readonly dark: boolean
  /** For the title bar and the task bar. */
  readonly icon: NativeImage
}

/** The pages' own background (`--lk-page` of global.css), for the moments in which no page is painted. */
const BACKGROUND = { light: '#f7f4ef', dark: '#171512' }

/** Shown when its first page is painted, so that nothing white flashes up. */
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
      // The page is ours, but what it shows came from the network: treat it as a page that could be taken over.
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // A spell checker would fetch dictionaries, and would see what is typed.
      spellcheck: false,
    },
  }
}

/** What is free of panels on the screens now there. A window without a place of its own comes to the primary one. */
export interface Screens {
  readonly primary: Rectangle
  readonly others: readonly Rectangle[]
}

/** The remembered place if a person could grasp it on one of the screens, else as much of its size as fits, else nothing. */
export function placeOnScreens(saved: Rectangle | null, { primary, others }: Screens): Partial<Rectangle> {
  if (saved === null) return {}
  const isSeen = [primary, ...others].some((area) => sharedWidth(saved, area) >= GRASPABLE && titleBarIsOn(saved, area))
  if (isSeen) return saved
  // It would be centred: one higher than the screen would have its title bar above it.
  return { width: Math.min(saved.width, primary.width), height: Math.min(saved.height, primary.height) }
}

function sharedWidth(window: Rectangle, area: Rectangle): number {
  return Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
}

/** A window is moved by its title bar, so its upper edge decides. */
function titleBarIsOn(window: Rectangle, area: Rectangle): boolean {
  return window.y >= area.y && window.y <= area.y + area.height - GRASPABLE
}
