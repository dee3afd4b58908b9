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
import { type ThrottleClock, type Throttled, throttle } from './throttle.ts'
import { statusLine, type TrayActions, type TrayView, trayMenu } from './tray-menu.ts'
import { trayLookOf, trayStateOf } from './tray-state.ts'

/** Limits redraws, because setting a menu closes it on some Linux desktops. */
const REDRAW_INTERVAL_MS = 250

export interface TrayOptions {
  readonly core: DesktopCore
  readonly actions: TrayActions
  readonly loginItem: SystemLoginItem | null
  readonly updates: Pick<DesktopUpdates, 'state'>
  readonly log: Log
  readonly clock: ThrottleClock
  readonly clockTime: TrayView['clockTime']
  /** The texts in the language that is chosen now. */
  readonly text: () => DesktopText
}

/** The icon and its menu. It draws itself again when the state changes. */
export class TrayIcon {
  readonly #options: TrayOptions
  readonly #throttled: Throttled
  readonly #unsubscribe: () => void
  #tray: Tray
  /** The menu as text. */
  #shown = ''

  constructor(options: TrayOptions) {
    const { core, clock } = options
    this.#options = options
    this.#tray = plant(options)
    this.#throttled = throttle(() => this.#redraw(), REDRAW_INTERVAL_MS, clock)
    this.#unsubscribe = core.subscribe((event) => changesMenu(event) && this.#throttled.call())
    nativeTheme.on('updated', this.#throttled.call)
    this.#throttled.call()
  }

  /** Shows a change that has no event, such as the login item. */
  refresh(): void {
    this.#throttled.call()
  }

  /** Redraws the menu even if its text is unchanged: Electron has already changed the mark of a clicked check box. */
  restore(): void {
    this.#shown = ''
    this.#throttled.call()
  }

  /** Creates the icon again, because Electron looks for a panel only when it creates an icon. */
  replant(): void {
    this.#tray.destroy()
    this.#tray = plant(this.#options)
    this.restore()
  }

  close(): void {
    this.#unsubscribe()
    nativeTheme.off('updated', this.#throttled.call)
    this.#throttled.cancel()
    this.#tray.destroy()
  }

  #redraw(): void {
    readView(this.#options)
      .then((view) => this.#draw(view))
      .catch((error: unknown) => this.#options.log.error({ error: String(error) }, 'the tray menu could not be drawn'))
  }

  #draw(view: TrayView): void {
    // The tray was closed during the read.
    if (this.#tray.isDestroyed()) return
    this.#tray.setImage(iconOf(view.state))
    this.#tray.setToolTip(statusLine(view))
    const rows = trayMenu(view, this.#options.actions)
    const text = JSON.stringify(rows)
    // An unchanged menu is not set again, because the person may have it open.
    if (text === this.#shown) return
    this.#shown = text
    this.#tray.setContextMenu(Menu.buildFromTemplate(rows))
  }
}

function plant({ core, actions }: TrayOptions): Tray {
  const tray = new Tray(iconOf(core.state()))
  // macOS opens the menu on a click; other systems on a right click.
  if (process.platform !== 'darwin') tray.on('click', () => actions.open(HOME))
  return tray
}

/**
 * An exchange alone changes only the order of the sites, and a menu must not move under the pointer. An exchange of a
 * pending site does count: it tells which key the site uses, and the question names that key.
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

/** On Windows the panel has its own theme; elsewhere it follows the desktop's. */
function iconOf(state: AppState): NativeImage {
  const darkPanel =
    process.platform === 'win32'
      ? nativeTheme.shouldUseDarkColorsForSystemIntegratedUI
      : nativeTheme.shouldUseDarkColors
  return trayIcon(trayStateOf(state), trayLookOf(process.platform, darkPanel))
}
