import { type AppState, isOfUse } from '#shared/console-api/state.ts'
import type { Key } from '#shared/keys/key.ts'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import type { PairingChoice } from '#shared/pairing/pairing.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import { originName, personName } from '../notifications/origin-name.ts'
import { otherAppWords } from '../notifications/other-app-words.ts'
import { onlineTitle } from '../notifications/questions.ts'
import type { DesktopText } from '../text/choose-text.ts'
import { ABOUT, HOME, KEYS, type Page, PEOPLE, SITES } from '../window/pages.ts'
import { type MenuFacts, QUESTIONS_SHOWN } from './menu-facts.ts'
import { escaped, type MenuRow, row } from './menu-row.ts'
import { pairingRows } from './pairing-rows.ts'

/** Everything the menu shows. */
export interface TrayView {
  readonly state: AppState
  readonly facts: MenuFacts
  readonly paused: Settings['paused']
  /** Whether Latchkey starts at login; null if that cannot be set. */
  readonly loginItem: boolean | null
  readonly update: UpdateState
  /** A moment (ms UTC) as the person's clock shows it. */
  readonly clockTime: (moment: number) => string
  readonly text: DesktopText
}

export interface TrayActions {
  open(page: Page): void
  copyAddress(): void
  decide(origin: string, status: 'allowed' | 'blocked'): void
  /** Blocks the site and turns off one of its keys. */
  blockWithKey(origin: string, keyId: string): void
  /** Allows or denies a key cloud models and web tools. */
  setOnline(keyId: string, online: boolean): void
  /** The app that a key is for; null for any app. */
  setApp(keyId: string, app: Key['app']): void
  /** Lets an app that asks have a key for chats and models, or not. */
  answerPairing(choice: PairingChoice, isAllowed: boolean): void
  /** Lets in a person who asked to join, or not. */
  answerJoining(personId: string, isAllowed: boolean): void
  pauseForAnHour(): void
  pauseUntilResumed(): void
  resume(): void
  setLoginItem(on: boolean): void
  lookForUpdate(): void
  loadUpdate(): void
  cancelUpdate(): void
  installUpdate(): void
  copyDiagnostics(): void
  quit(): void
}

const SEPARATOR: MenuRow = { type: 'separator' }

/** Builds the tray's whole menu. It holds every action, because on Linux a click on the icon only opens the menu. */
export function trayMenu(view: TrayView, actions: TrayActions): MenuRow[] {
  const { tray } = view.text
  return [
    ...statusRows(view, actions),
    ...questionRows(view, actions),
    SEPARATOR,
    row(tray.open, () => actions.open(HOME)),
    row(tray.newKey, () => actions.open(KEYS)),
    row(tray.copyAddress, actions.copyAddress),
    sitesRow(view, actions),
    SEPARATOR,
    ...pauseRows(view, actions),
    SEPARATOR,
    ...loginItemRows(view, actions),
    ...updateRows(view, actions),
    row(tray.copyDiagnostics, actions.copyDiagnostics),
    row(tray.quit, actions.quit),
  ]
}

function statusRows(view: TrayView, actions: TrayActions): MenuRow[] {
  const { state, text } = view
  const rows: MenuRow[] = [{ label: escaped(statusLine(view)), enabled: false }]
  if (state.gateway.status === 'stopped' || state.upstream.problem !== null) {
    rows.push(row(text.tray.whatToDo, () => actions.open(HOME)))
  }
  if (state.gateway.status !== 'stopped') rows.push(row(state.gateway.address, actions.copyAddress))
  return rows
}

/** Describes the state in a few words. The tray icon's tooltip shows it too. */
export function statusLine({ state, paused, clockTime, text: { status } }: TrayView): string {
  if (state.gateway.status === 'stopped') return status.stopped
  if (state.gateway.status === 'paused') {
    return typeof paused === 'number' ? status.pausedUntil({ time: clockTime(paused) }) : status.paused
  }
  if (isOfUse(state.upstream)) return status.running
  return isSilent(state.upstream) ? status.upstreamDown : status.upstreamTrouble
}

function isSilent({ problem }: AppState['upstream']): boolean {
  return problem === null || problem.code === 'upstream_stopped'
}

function questionRows(view: TrayView, actions: TrayActions): MenuRow[] {
  const rows = [
    // First, because it waits for two minutes only.
    ...pairingRows(view.facts.pairings, view.text, actions),
    ...joinQuestions(view, actions),
    ...siteQuestions(view, actions),
    ...onlineQuestions(view, actions),
    ...otherAppQuestions(view, actions),
  ]
  return rows.length === 0 ? [] : [SEPARATOR, ...rows]
}

function joinQuestions({ facts: { joining }, text }: TrayView, actions: TrayActions): MenuRow[] {
  const rows = joining.slice(0, QUESTIONS_SHOWN).map((person) => ({
    label: escaped(text.joining.title({ name: personName(person) })),
    submenu: [
      row(text.joining.allow, () => actions.answerJoining(person.id, true)),
      row(text.joining.decline, () => actions.answerJoining(person.id, false)),
      row(text.joining.open, () => actions.open(PEOPLE)),
    ],
  }))
  const more = joining.length > QUESTIONS_SHOWN ? [row(text.tray.moreQuestions, () => actions.open(PEOPLE))] : []
  return [...rows, ...more]
}

function onlineQuestions({ facts: { asking }, text }: TrayView, actions: TrayActions): MenuRow[] {
  const rows = asking.slice(0, QUESTIONS_SHOWN).map((key) => ({
    label: escaped(onlineTitle(key, text)),
    submenu: [
      { label: escaped(text.online.wish), enabled: false },
      row(text.online.allow, () => actions.setOnline(key.id, true)),
      row(text.online.keepHere, () => actions.setOnline(key.id, false)),
    ],
  }))
  const more = asking.length > QUESTIONS_SHOWN ? [row(text.tray.moreQuestions, () => actions.open(KEYS))] : []
  return [...rows, ...more]
}

function otherAppQuestions({ facts: { strayed }, text }: TrayView, actions: TrayActions): MenuRow[] {
  const rows = strayed.slice(0, QUESTIONS_SHOWN).map((key) => {
    const { title, wish, allowAny, onlyIts } = otherAppWords(key, text)
    return {
      label: escaped(title),
      submenu: [
        { label: escaped(wish), enabled: false },
        row(allowAny, () => actions.setApp(key.id, null)),
        row(onlyIts, () => actions.setApp(key.id, key.app)),
      ],
    }
  })
  const more = strayed.length > QUESTIONS_SHOWN ? [row(text.tray.moreQuestions, () => actions.open(KEYS))] : []
  return [...rows, ...more]
}

function siteQuestions(view: TrayView, actions: TrayActions): MenuRow[] {
  const { facts, text } = view
  const rows = facts.pending.slice(0, QUESTIONS_SHOWN).map((origin) => ({
    label: escaped(text.question.title({ site: originName(origin, text) })),
    submenu: [
      row(text.question.allow, () => actions.decide(origin.origin, 'allowed')),
      row(text.question.block, () => actions.decide(origin.origin, 'blocked')),
      ...extensionRows(view, origin.origin, actions),
    ],
  }))
  const more = facts.pending.length > QUESTIONS_SHOWN ? [row(text.tray.moreQuestions, () => actions.open(SITES))] : []
  return [...rows, ...more]
}

/** Blocking an extension stops what it sends, but not what it reads. */
function extensionRows({ facts: { extensionKeys }, text }: TrayView, origin: string, actions: TrayActions): MenuRow[] {
  if (!isExtension(origin)) return []
  const keys = extensionKeys.get(origin) ?? []
  return [
    ...keys.map(({ id, name }) =>
      row(text.question.blockWithKey({ key: name }), () => actions.blockWithKey(origin, id)),
    ),
    SEPARATOR,
    { label: escaped(text.question.blockHint), enabled: false },
  ]
}

/** Leaves out pending origins, because each has its own question in the menu. */
function sitesRow({ facts: { decided }, text }: TrayView, actions: TrayActions): MenuRow {
  const label = escaped(text.tray.sites)
  if (decided.length === 0) return { label, submenu: [{ label: escaped(text.tray.noSites), enabled: false }] }
  const rows = decided.map((origin) => siteRow(origin, actions, text))
  rows.push(
    SEPARATOR,
    row(text.tray.more, () => actions.open(SITES)),
  )
  return { label, submenu: rows }
}

function siteRow({ origin, status, label }: OriginRecord, actions: TrayActions, text: DesktopText): MenuRow {
  const allowed = status === 'allowed'
  return {
    type: 'checkbox',
    label: escaped(originName({ origin, label }, text)),
    checked: allowed,
    click: () => actions.decide(origin, allowed ? 'blocked' : 'allowed'),
  }
}

function pauseRows({ state, text: { tray } }: TrayView, actions: TrayActions): MenuRow[] {
  if (state.gateway.status === 'stopped') return []
  if (state.gateway.status === 'paused') return [row(tray.resume, actions.resume)]
  return [row(tray.pauseForAnHour, actions.pauseForAnHour), row(tray.pauseUntilResumed, actions.pauseUntilResumed)]
}

function loginItemRows({ loginItem, text }: TrayView, actions: TrayActions): MenuRow[] {
  if (loginItem === null) return []
  const click = () => actions.setLoginItem(!loginItem)
  return [{ type: 'checkbox', label: escaped(text.tray.startAtLogin), checked: loginItem, click }]
}

function updateRows({ update, text: { updates } }: TrayView, actions: TrayActions): MenuRow[] {
  switch (update.status) {
    case 'off':
      return []
    case 'looking':
      return [{ label: escaped(updates.looking), enabled: false }]
    case 'current':
      return [row(updates.look, actions.lookForUpdate)]
    case 'unknown':
      return [row(update.failure === null ? updates.look : updates.lookAgain, actions.lookForUpdate)]
    case 'available':
      return availableRows(update, updates, actions)
    case 'loading':
      return [
        { label: escaped(loadingLine(update, updates)), enabled: false },
        row(updates.cancel, actions.cancelUpdate),
      ]
    case 'ready':
      return [row(updates.restart({ version: update.newer.version }), actions.installUpdate)]
  }
}

/** Where a package manager does the update, the page says what the person can do. */
function availableRows(
  { newer: { version }, replacedBy, failure }: Extract<UpdateState, { status: 'available' }>,
  updates: DesktopText['updates'],
  actions: TrayActions,
): MenuRow[] {
  const news = row(updates.available({ version }), () => actions.open(ABOUT))
  if (replacedBy !== 'itself') return [news]
  return [news, row(failure === null ? updates.load({ version }) : updates.loadAgain({ version }), actions.loadUpdate)]
}

/** Rounds down to tens, because setting a menu closes it on some desktops. */
function loadingLine(
  { newer: { version }, percent }: Extract<UpdateState, { status: 'loading' }>,
  updates: DesktopText['updates'],
): string {
  return percent === null
    ? updates.loading({ version })
    : updates.loadingPercent({ version, percent: Math.floor(percent / 10) * 10 })
}
