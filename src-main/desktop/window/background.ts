import { type BrowserWindow, dialog } from 'electron'
import { tell, tellForSure } from '../notifications/native-notification.ts'
import type { DesktopText } from '../text/choose-text.ts'
import type { ThrottleClock } from '../tray/throttle.ts'
import type { TrayHost } from '../tray-host/tray-host.ts'
import type { WindowMemory } from './window-memory.ts'

/** How long to wait for a panel at login or after it ended. A panel needs far less. */
const PANEL_DELAY_MS = 15_000

export interface BackgroundOptions {
  readonly trayHost: Pick<TrayHost, 'isThere'>
  readonly memory: WindowMemory
  /** The texts in the language that is chosen now. */
  readonly text: () => DesktopText
  readonly after: ThrottleClock['after']
  readonly isWindowVisible: () => boolean
  readonly openWindow: () => void
  readonly quit: () => void
}

export interface Background {
  /** Hides a window that the person closed. */
  hide(window: BrowserWindow): void
  /**
   * Checks whether the person can see anything of Latchkey. Call it after a start and when a tray appears or
   * disappears.
   */
  look(): void
  close(): void
}

/**
 * Latchkey keeps running without a window. The first time, this tells the person where to find it and how to quit it.
 */
export function createBackground(options: BackgroundOptions): Background {
  const { trayHost, memory, after, isWindowVisible } = options
  const isOutOfSight = () => !trayHost.isThere() && !isWindowVisible() && !memory.read().toldWithoutTray
  let cancel = () => {}
  let asking = false
  return {
    hide(window) {
      if (trayHost.isThere()) {
        window.hide()
        tellAboutTray(options)
      } else if (memory.read().toldWithoutTray) {
        window.hide()
      } else if (!asking) {
        asking = true
        void hideAfterTelling(window, options).finally(() => {
          asking = false
        })
      }
    },
    look() {
      cancel()
      if (isOutOfSight()) cancel = after(PANEL_DELAY_MS, () => isOutOfSight() && void tellOrOpen(options))
    },
    close: () => cancel(),
  }
}

function tellAboutTray({ memory, text }: BackgroundOptions): void {
  if (memory.read().toldAboutTray) return
  const { title, body } = text().hidden
  if (tell(title, body)) memory.write({ toldAboutTray: true })
}

/** Shows a dialogue before the window closes: a desktop without a tray may have no notifications either. */
async function hideAfterTelling(window: BrowserWindow, { memory, text, quit }: BackgroundOptions): Promise<void> {
  const { withoutTray, tray } = text()
  const { response } = await dialog.showMessageBox(window, {
    type: 'info',
    title: 'Latchkey',
    message: withoutTray.title,
    detail: withoutTray.body,
    buttons: [withoutTray.keepRunning, tray.quit],
    defaultId: 0,
    cancelId: 0,
  })
  memory.write({ toldWithoutTray: true })
  if (response === 1) quit()
  else if (!window.isDestroyed()) window.hide()
}

/** Opening the window at each login would be a nuisance, so a notification tells the person once. */
async function tellOrOpen({ memory, text, openWindow }: BackgroundOptions): Promise<void> {
  const { startedTitle, startedBody } = text().withoutTray
  if (await tellForSure(startedTitle, startedBody)) memory.write({ toldWithoutTray: true })
  else openWindow()
}
