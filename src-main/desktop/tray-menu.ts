import type { OriginRecord } from '#shared/origin.ts'
import type { Settings } from '#shared/settings.ts'
import type { AppState } from '#shared/state.ts'
import { originName } from './origin-name.ts'
import { HOME, NEW_KEY, type Page, SITES } from './pages.ts'
import type { UpdateState } from './updates.ts'

/** One row of the menu: the part of Electron's MenuItemConstructorOptions that the tray uses. */
export interface MenuRow {
  readonly type?: 'separator' | 'checkbox'
  readonly label?: string
  readonly enabled?: boolean
  readonly checked?: boolean
  readonly submenu?: MenuRow[]
  readonly click?: () => void
}

/** Everything the menu shows. */
export interface TrayView {
  readonly state: AppState
  readonly origins: readonly OriginRecord[]
  readonly paused: Settings['paused']
  /** Whether Latchkey starts at login; null where that cannot be set. */
  readonly loginItem: boolean | null
  readonly update: UpdateState
  /** A moment (ms UTC) as the person's clock shows it. */
  readonly clockTime: (moment: number) => string
}

export interface TrayActions {
  open(page: Page): void
  copyAddress(): void
  decide(origin: string, status: 'allowed' | 'blocked'): void
  pauseForAnHour(): void
  pauseUntilResumed(): void
  resume(): void
  setLoginItem(on: boolean): void
  lookForUpdates(): void
  installUpdate(): void
  copyDiagnostics(): void
  quit(): void
}

const SITES_SHOWN = 12
const QUESTIONS_SHOWN = 5
const SEPARATOR: MenuRow = { type: 'separator' }

/** The tray's whole menu. Everything is in the menu, because on Linux a click on the icon does nothing else. */
export function trayMenu(view: TrayView, actions: TrayActions): MenuRow[] {
  return [
    ...statusRows(view, actions),
    ...questionRows(view.origins, actions),
    SEPARATOR,
    row('Open Latchkey', () => actions.open(HOME)),
    row('New key…', () => actions.open(NEW_KEY)),
    row('Copy address', actions.copyAddress),
    sitesRow(view.origins, actions),
    SEPARATOR,
    ...pauseRows(view, actions),
    SEPARATOR,
    ...loginItemRows(view.loginItem, actions),
    ...updateRows(view.update, actions),
    row('Copy diagnostics', actions.copyDiagnostics),
    row('Quit Latchkey', actions.quit),
  ]
}

function statusRows({ state, paused, clockTime }: TrayView, actions: TrayActions): MenuRow[] {
  const rows: MenuRow[] = [{ label: escaped(statusLine(state, paused, clockTime)), enabled: false }]
  if (state.gateway.status === 'stopped' || state.upstream.problem !== null) {
    rows.push(row('What to do…', () => actions.open(HOME)))
  }
  if (state.gateway.status !== 'stopped') rows.push(row(state.gateway.address, actions.copyAddress))
  return rows
}

/** What is the matter, in a few words: also the tray icon's tooltip. */
export function statusLine(state: AppState, paused: Settings['paused'], clockTime: TrayView['clockTime']): string {
  if (state.gateway.status === 'stopped') return 'Latchkey is not running'
  if (state.gateway.status === 'paused') {
    return typeof paused === 'number' ? `Paused until ${clockTime(paused)}` : 'Paused'
  }
  return state.upstream.reachable ? 'Latchkey is running' : 'Ollama does not answer'
}

function questionRows(origins: readonly OriginRecord[], actions: TrayActions): MenuRow[] {
  const waiting = origins.filter((origin) => origin.status === 'pending')
  if (waiting.length === 0) return []
  const rows = waiting.slice(0, QUESTIONS_SHOWN).map((origin) => ({
    label: escaped(`Let ${originName(origin)} in?`),
    submenu: [
      row('Allow', () => actions.decide(origin.origin, 'allowed')),
      row('Block', () => actions.decide(origin.origin, 'blocked')),
    ],
  }))
  const more = waiting.length > QUESTIONS_SHOWN ? [row('More questions…', () => actions.open(SITES))] : []
  return [SEPARATOR, ...rows, ...more]
}

/** Most used first. A pending origin is not here: it has a question of its own. */
function sitesRow(origins: readonly OriginRecord[], actions: TrayActions): MenuRow {
  const decided = origins
    .filter((origin) => origin.status !== 'pending')
    .sort((one, other) => other.requests - one.requests || other.lastSeenAt - one.lastSeenAt)
  if (decided.length === 0) return { label: escaped('Sites & extensions'), submenu: [NO_SITES] }
  const rows = decided.slice(0, SITES_SHOWN).map((origin) => siteRow(origin, actions))
  rows.push(
    SEPARATOR,
    row('More…', () => actions.open(SITES)),
  )
  return { label: escaped('Sites & extensions'), submenu: rows }
}

const NO_SITES: MenuRow = { label: 'None has called yet', enabled: false }

function siteRow({ origin, status, label }: OriginRecord, actions: TrayActions): MenuRow {
  const allowed = status === 'allowed'
  return {
    type: 'checkbox',
    label: escaped(originName({ origin, label })),
    checked: allowed,
    click: () => actions.decide(origin, allowed ? 'blocked' : 'allowed'),
  }
}

function pauseRows({ state }: TrayView, actions: TrayActions): MenuRow[] {
  if (state.gateway.status === 'stopped') return []
  if (state.gateway.status === 'paused') return [row('Resume', actions.resume)]
  return [row('Pause for 1 hour', actions.pauseForAnHour), row('Pause until I resume', actions.pauseUntilResumed)]
}

function loginItemRows(loginItem: boolean | null, actions: TrayActions): MenuRow[] {
  if (loginItem === null) return []
  const click = () => actions.setLoginItem(!loginItem)
  return [{ type: 'checkbox', label: 'Start at login', checked: loginItem, click }]
}

function updateRows(update: UpdateState, actions: TrayActions): MenuRow[] {
  switch (update.status) {
    case 'off':
      return []
    case 'impossible':
      return [{ label: escaped(update.sentence), enabled: false }]
    case 'looking':
      return [{ label: 'Looking for updates…', enabled: false }]
    case 'current':
      return [row('Look for updates', actions.lookForUpdates)]
    case 'ready':
      return [row(`Restart to update to ${update.version}`, actions.installUpdate)]
    case 'failed':
      return [row('Looking for updates failed: try again', actions.lookForUpdates)]
  }
}

function row(label: string, click: () => void): MenuRow {
  return { label: escaped(label), click }
}

/** In a menu `&` marks the letter under which a row is reached; `&&` is the character itself. */
function escaped(label: string): string {
  return label.replaceAll('&', '&&')
}
