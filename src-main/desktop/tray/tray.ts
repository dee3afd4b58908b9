import { Menu, type NativeImage, nativeTheme, Tray } from 'electron'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { Log } from '../../base/log.ts'
import type { DesktopCore } from '../core-thread/desktop-core.ts'
import type { SystemLoginItem } from '../system/login-item.ts'
import type { DesktopText } from '../text/choose-text.ts'
import type { DesktopUpdates } from '../updates/updates.ts'
import { HOME } from '../window/pages.ts'
import { trayIcon } from './icons.ts'
import { type ThrottleClock, throttle } from './throttle.ts'
import { statusLine, type TrayActions, type TrayView, trayMenu } from './tray-menu.ts'
import { trayLookOf, trayStateOf } from './tray-state.ts'

/** Setting a menu closes it on some Linux desktops, so a storm of events must not do it for each. */
const REDRAW_INTERVAL_MS = 250

export interface TrayOptions {
  readonly core: DesktopCore
  readonly actions: TrayActions
  readonly loginItem: SystemLoginItem | null
  readonly updates: Pick<DesktopUpdates, 'state'>
  readonly log: Log
  readonly clock: ThrottleClock
  readonly clockTime: TrayView['clockTime']
  /** In the language that is chosen now. */
  readonly text: () => DesktopText
}

export interface TrayHandle {
  /** Shows a change that comes with no event, such as the login item. */
  refresh(): void
  /** Draws the menu also when it says the same: Electron has changed the mark of a check box that was clicked. */
  restore(): void
  /** Puts the icon up again: Electron looks for a panel only as it makes one. */
  replant(): void
  close(): void
}

export function showTray(options: TrayOptions): TrayHandle {
  const { core, actions, log, clock } = options
  let tray = plant(options)
  let shown = ''
  const draw = (view: TrayView) => {
    // Closed while it was read.
    if (tray.isDestroyed()) return
    tray.setImage(iconOf(view.state))
    tray.setToolTip(statusLine(view))
    const rows = trayMenu(view, actions)
    const text = JSON.stringify(rows)
    // A menu that says the same is left alone, as the person may have it open.
    if (text === shown) return
    shown = text
    tray.setContextMenu(Menu.buildFromTemplate(rows))
  }
  const redraw = () => {
    readView(options)
      .then(draw)
      .catch((error: unknown) => log.error({ error: String(error) }, 'the tray menu could not be drawn'))
  }
  const throttled = throttle(redraw, REDRAW_INTERVAL_MS, clock)
  const unsubscribe = core.subscribe((event) => changesMenu(event) && throttled.call())
  nativeTheme.on('updated', throttled.call)
  throttled.call()
  return {
    refresh: () => throttled.call(),
    restore() {
      shown = ''
      throttled.call()
    },
    replant() {
      tray.destroy()
      tray = plant(options)
      shown = ''
      throttled.call()
    },
    close() {
      unsubscribe()
      nativeTheme.off('updated', throttled.call)
      throttled.cancel()
      tray.destroy()
    },
  }
}

function plant({ core, actions }: TrayOptions): Tray {
  const tray = new Tray(iconOf(core.state()))
  // macOS opens the menu at a click; elsewhere it is the other button that does.
  if (process.platform !== 'darwin') tray.on('click', () => actions.open(HOME))
  return tray
}

/**
 * An exchange alone changes only the order of the sites: a menu must not move under the pointer. One that has to wait for
 * an answer tells which key it has, which the question then names.
 */
function changesMenu(event: AppEvent): boolean {
  if (event.type === 'exchange') return event.exchange.reason === 'origin_not_approved'
  return event.type !== 'keys'
}

async function readView({ core, loginItem, updates, clockTime, text }: TrayOptions): Promise<TrayView> {
  const facts = await core.call('menuFacts')
  return {
    state: core.state(),
    facts,
    paused: core.settings().paused,
    loginItem: loginItem?.isOn() ?? null,
    update: updates.state(),
    clockTime,
    text: text(),
  }
}

/** The panel has a theme of its own on Windows; elsewhere it follows the desktop's. */
function iconOf(state: AppState): NativeImage {
  const darkPanel =
    process.platform === 'win32'
      ? nativeTheme.shouldUseDarkColorsForSystemIntegratedUI
      : nativeTheme.shouldUseDarkColors
  return trayIcon(trayStateOf(state), trayLookOf(process.platform, darkPanel))
}
