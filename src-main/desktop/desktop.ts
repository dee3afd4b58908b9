import { join } from 'node:path'
import { app, Menu, nativeTheme, session } from 'electron'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Host } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import type { CoreStart } from './core-thread/calls.ts'
import type { DesktopCore } from './core-thread/desktop-core.ts'
import { RemoteCore } from './core-thread/remote-core.ts'
import { createShellOperations } from './core-thread/shell-operations.ts'
import { toWire } from './core-thread/wire-error.ts'
import { guardConsole } from './hardening/app-protocol.ts'
import { closeNetwork } from './hardening/hardening.ts'
import type { Leash } from './hardening/remote-leash.ts'
import { showQuestion, tell } from './notifications/native-notification.ts'
import { createQuestions } from './notifications/questions.ts'
import { wordsOfQuota } from './notifications/quota-news.ts'
import { tellOfDeath } from './system/core-death.ts'
import { openDesktopSettings } from './system/electron-store.ts'
import type { SystemLoginItem } from './system/login-item.ts'
import { quitAfterDrain } from './system/quit.ts'
import type { DesktopText } from './text/choose-text.ts'
import { chooseText } from './text/choose-text.ts'
import { TrayIcon } from './tray/tray.ts'
import { createTrayActions } from './tray/tray-actions.ts'
import type { TrayActions } from './tray/tray-menu.ts'
import { watchTrayHost } from './tray-host/tray-host.ts'
import { openUpdater } from './updates/electron-updater.ts'
import { FEED_FILE, readFeed } from './updates/feed.ts'
import { DailyLook } from './updates/look-daily.ts'
import { wordsOfNews } from './updates/news.ts'
import { planUpdates } from './updates/plan.ts'
import { DesktopUpdates } from './updates/updates.ts'
import { applicationMenu } from './window/application-menu.ts'
import { createBackground } from './window/background.ts'
import { createConsolePages } from './window/console-pages.ts'
import { ConsoleWindow } from './window/console-window.ts'
import { ABOUT, CONSOLE_SCHEME, HOME, KEYS, PEOPLE, SITES } from './window/pages.ts'
import { openWindowMemory } from './window/window-memory.ts'
import { CONSOLE_PARTITION } from './window/window-options.ts'

export const COULD_NOT_START = 'Latchkey could not start'

/** How long a quit waits for answers in progress, in milliseconds. */
const DRAIN_MS = 5_000

export interface DesktopOptions {
  readonly start: Omit<CoreStart, 'update' | 'hasLoginItem'>
  readonly vault: Host['secretVault']
  /** null if the app cannot start at login. */
  readonly loginItem: SystemLoginItem | null
  readonly leash: Leash
  /** Absolute path of the bundled preload script. */
  readonly preload: string
  readonly log: Log
  /** Shows the person what went wrong, then ends the program. */
  readonly giveUp: (title: string, error: unknown) => void
}

export interface Desktop {
  readonly window: ConsoleWindow
  /** Counts an uncaught error in the app's failure count. */
  note(error: unknown): void
}

/**
 * Starts the core in its thread and builds the desktop around it. Call it before Electron is ready: the core opens its
 * store during that time. Rejects with the error of `createApp`.
 */
export async function startDesktop(options: DesktopOptions): Promise<Desktop> {
  const { start, loginItem, leash, preload, log, giveUp } = options
  const lookingForTray = watchTrayHost({ platform: process.platform, env: start.env, log })
  const text = () => chooseText(core.settings().language, app.getPreferredSystemLanguages())
  const updates = prepareUpdates(options, { text, openAbout: () => window.open(ABOUT), drain: () => quit.drain() })
  let whenDead = (error: Error) => giveUp(COULD_NOT_START, error)
  const opening = openCore(options, updates, (error) => whenDead(error))
  await app.whenReady()
  const core = await opening
  updates.onChange((state) => core.tell('updateChanged', state))
  await servePages(core, start.rendererDir)
  const menu = applicationMenu(process.platform)
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu))
  const trayHost = await lookingForTray
  const memory = openWindowMemory(start.dataDir)
  const background = createBackground({
    trayHost,
    memory,
    text,
    after,
    isWindowVisible: () => window.isVisible(),
    openWindow: () => window.open(HOME),
    quit: () => app.quit(),
  })
  const dark = () => isDark(core.settings().theme)
  const window = new ConsoleWindow({ memory, preload, leash, dark, hide: background.hide, after })
  const { tray, actions } = putInTray({ core, window, updates, loginItem, log, text })
  trayHost.onChange(() => {
    if (trayHost.isThere()) tray.replant()
    background.look()
  })
  const forgetQuestions = notifyOfQuestions({ core, window, actions, log, text })
  const dailyLook = new DailyLook({ core, updates })
  const drain = async () => {
    dailyLook.stop()
    forgetQuestions()
    for (const part of [trayHost, background, tray, window]) part.close()
    await core.stop(DRAIN_MS)
  }
  const quit = quitAfterDrain({ app, log, drain })
  whenDead = (error) => void tellOfDeath(error, { quit, log, text })
  await core.call('start')
  log.info({ version: start.version, gateway: core.state().gateway.status }, 'Latchkey has started')
  tray.refresh()
  background.look()
  dailyLook.start()
  return { window, note: (error) => core.tell('noteFailure', toWire(error)) }
}

interface UpdateParts {
  readonly text: () => DesktopText
  readonly openAbout: () => void
  /** Ends everything except the program itself. */
  readonly drain: () => Promise<void>
}

function prepareUpdates(
  { start, log, giveUp }: DesktopOptions,
  { text, openAbout, drain }: UpdateParts,
): DesktopUpdates {
  const feed = readFeed(join(process.resourcesPath, FEED_FILE))
  return new DesktopUpdates({
    plan: planUpdates({ feed, isPackaged: app.isPackaged, platform: process.platform, env: start.env }),
    open: (from) => openUpdater(from, log),
    log,
    tell: (news) => tell(...wordsOfNews(news, text(), start.version), openAbout),
    async makeWay() {
      await drain()
      app.releaseSingleInstanceLock()
    },
    giveUp(cause) {
      const { notStartedTitle, notStarted } = text().updates
      giveUp(notStartedTitle, new PersonError('update_failed', notStarted, { cause }))
    },
  })
}

/** Starts the core in its thread. `onDeath` is called if the thread ends unexpectedly. */
function openCore(options: DesktopOptions, updates: DesktopUpdates, onDeath: (error: Error) => void) {
  const { start, vault, loginItem, log } = options
  const settingsFile = openDesktopSettings(start.dataDir)
  const ready = app.whenReady()
  const opening = RemoteCore.open({
    start: { ...start, update: updates.state(), hasLoginItem: loginItem !== null },
    shell: createShellOperations({ ready, vault, settingsFile, loginItem, updates, quit: () => app.quit() }),
    onDeath,
    log,
  })
  // The caller handles the error, but only when Electron is ready, because a dialogue cannot show it earlier.
  opening.catch(() => {})
  return opening
}

/** Serves the console's pages to the window's session, which gets no other network. */
async function servePages(core: RemoteCore, rendererDir: string): Promise<void> {
  const pages = session.fromPartition(CONSOLE_PARTITION)
  const handler = createConsolePages({ rendererDir, settings: () => core.settings(), core: core.console })
  pages.protocol.handle(CONSOLE_SCHEME, guardConsole(handler))
  await closeNetwork(pages)
}

interface TrayParts {
  readonly core: DesktopCore
  readonly window: ConsoleWindow
  readonly updates: DesktopUpdates
  readonly loginItem: SystemLoginItem | null
  readonly log: Log
  readonly text: () => DesktopText
}

function putInTray(parts: TrayParts): { tray: TrayIcon; actions: TrayActions } {
  const { core, window, updates, loginItem, log, text } = parts
  const actions = createTrayActions({
    core,
    window,
    loginItem,
    updates,
    log,
    now: Date.now,
    refresh: () => tray.refresh(),
    restore: () => tray.restore(),
    tell,
    text,
    quit: () => app.quit(),
  })
  const tray = new TrayIcon({
    core,
    actions,
    loginItem,
    updates,
    log,
    clock: { now: performanceNow, after },
    clockTime,
    text,
  })
  return { tray, actions }
}

interface QuestionParts extends Pick<TrayParts, 'core' | 'window' | 'log' | 'text'> {
  readonly actions: Pick<TrayActions, 'decide' | 'setOnline' | 'setApp' | 'answerJoining' | 'answerPairing'>
}

function notifyOfQuestions({ core, window, actions, log, text }: QuestionParts): () => void {
  const questions = createQuestions({
    platform: process.platform,
    text,
    show: showQuestion,
    openSites: () => window.open(SITES),
    openKeys: () => window.open(KEYS),
    openPeople: () => window.open(PEOPLE),
    openHome: () => window.open(HOME),
    ...actions,
  })
  const settle = async () => {
    try {
      const { origins, keys, people } = await core.call('openQuestions')
      questions.settle(origins)
      questions.settleKeys(keys)
      questions.settlePeople(people)
    } catch (error) {
      log.error({ error: String(error) }, 'the questions could not be read')
    }
  }
  return core.subscribe((event) => {
    if (event.type === 'question') questions.ask(event.origin)
    if (event.type === 'online-question') questions.askOnline(event.key)
    if (event.type === 'other-app-question') questions.askOtherApp(event.key)
    if (event.type === 'join-question') questions.askJoining(event.person)
    if (event.type === 'pairing-question') questions.askPairing(event.request)
    if (event.type === 'pairing-change') questions.settlePairing(event.change.id)
    if (event.type === 'quota-warning') {
      tell(...wordsOfQuota(event.quota, text(), clockTime), () => window.open(HOME))
    }
    if (ASK_ANEW.has(event.type)) void settle()
  })
}

function clockTime(moment: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(moment)
}

/** Events after which questions may have been answered. */
const ASK_ANEW: ReadonlySet<AppEvent['type']> = new Set(['replaced', 'origins', 'keys', 'people'])

function isDark(theme: Settings['theme']): boolean {
  return theme === 'auto' ? nativeTheme.shouldUseDarkColors : theme === 'dark'
}

function performanceNow(): number {
  return performance.now()
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
