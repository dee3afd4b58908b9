import { type BrowserWindow, dialog } from 'electron'
import { tell, tellForSure } from '../notifications/native-notification.ts'
import type { DesktopText } from '../text/choose-text.ts'
import type { ThrottleClock } from '../tray/throttle.ts'
import type { TrayHost } from '../tray-host/tray-host.ts'
import type { WindowMemory } from './window-memory.ts'

/** How long a panel has to come at login, or to come back after it ended: far longer than it takes. */
const PANEL_DELAY_MS = 15_000

export interface BackgroundOptions {
  readonly trayHost: Pick<TrayHost, 'isThere'>
  readonly memory: WindowMemory
  /** In the language that is chosen now. */
  readonly text: () => DesktopText
  readonly after: ThrottleClock['after']
  readonly isWindowVisible: () => boolean
  readonly openWindow: () => void
  readonly quit: () => void
}

export interface Background {
  /** Takes away a window that a person has closed. */
  hide(window: BrowserWindow): void
  /** Looks whether the person sees anything of Latchkey. Call after a start and when a tray has come or gone. */
  look(): void
  close(): void
}

/** Latchkey goes on without a window. Here the person is told, the first time, where it is then and how to end it. */
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

/** In front of the window that is about to go: where there is no tray, there may be no notifications either. */
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

/** A window at each login would be a nuisance, so a notification says it, once. */
async function tellOrOpen({ memory, text, openWindow }: BackgroundOptions): Promise<void> {
  const { startedTitle, startedBody } = text().withoutTray
  if (await tellForSure(startedTitle, startedBody)) memory.write({ toldWithoutTray: true })
  else openWindow()
}
