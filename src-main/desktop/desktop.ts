import { join } from 'node:path'
import { app, Menu, nativeTheme, session } from 'electron'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { SecretVault } from '../base/host.ts'
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
import { tellOfDeath } from './system/core-death.ts'
import type { SystemLoginItem } from './system/login-item.ts'
import { quitAfterDrain } from './system/quit.ts'
import { openDesktopSettings } from './system/settings-file.ts'
import type { DesktopText } from './text/choose-text.ts'
import { chooseText } from './text/choose-text.ts'
import { showTray, type TrayHandle } from './tray/tray.ts'
import { createTrayActions } from './tray/tray-actions.ts'
import type { TrayActions } from './tray/tray-menu.ts'
import { watchTrayHost } from './tray-host/tray-host.ts'
import { openUpdater } from './updates/electron-updater.ts'
import { FEED_FILE, readFeed } from './updates/feed.ts'
import { DailyLook } from './updates/look-daily.ts'
import { wordsOfNews } from './updates/news.ts'
import { planUpdates } from './updates/plan.ts'
import { DesktopUpdates, type DesktopUpdatesOptions } from './updates/updates.ts'
import { applicationMenu } from './window/application-menu.ts'
import { createBackground } from './window/background.ts'
import { type ConsoleWindow, createConsoleWindow } from './window/console-window.ts'
import { ABOUT, CONSOLE_SCHEME, HOME, KEYS, SITES } from './window/pages.ts'
import { openWindowMemory } from './window/window-memory.ts'
import { CONSOLE_PARTITION } from './window/window-options.ts'

export const COULD_NOT_START = 'Latchkey could not start'

/** How long a quit waits for answers in progress, in milliseconds. */
const DRAIN_MS = 5_000

export interface DesktopOptions {
  readonly start: Omit<CoreStart, 'update' | 'hasLoginItem'>
  readonly vault: SecretVault
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
  const { start, vault, loginItem, leash, preload, log, giveUp } = options
  const lookingForTray = watchTrayHost({ platform: process.platform, env: start.env, log })
  const updates = prepareUpdates({
    env: start.env,
    log,
    tell: (news) => tell(...wordsOfNews(news, text(), start.version), () => window.open(ABOUT)),
    async makeWay() {
      await quit.drain()
      app.releaseSingleInstanceLock()
    },
    giveUp(cause) {
      const { notStartedTitle, notStarted } = text().updates
      giveUp(notStartedTitle, new PersonError('update_failed', notStarted, { cause }))
    },
  })
  const ready = app.whenReady()
  const settingsFile = openDesktopSettings(start.dataDir)
  let whenDead = (error: Error) => giveUp(COULD_NOT_START, error)
  const opening = RemoteCore.open({
    start: { ...start, update: updates.state(), hasLoginItem: loginItem !== null },
    shell: createShellOperations({ ready, vault, settingsFile, loginItem, updates, quit: () => app.quit() }),
    onDeath: (error) => whenDead(error),
    log,
  })
  // The error is handled where `opening` is awaited below, because Electron must be ready before a dialogue can show
  // it.
  opening.catch(() => {})
  await ready
  const core = await opening
  updates.onChange((state) => core.tell('updateChanged', state))
  const pages = session.fromPartition(CONSOLE_PARTITION)
  pages.protocol.handle(CONSOLE_SCHEME, guardConsole(core.console))
  await closeNetwork(pages)
  const menu = applicationMenu(process.platform)
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu))
  const text = () => chooseText(core.settings().language, app.getPreferredSystemLanguages())
  const dark = () => isDark(core.settings().theme)
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
  const window = createConsoleWindow({ memory, preload, leash, dark, hide: background.hide, after })
  const { tray, actions } = putInTray({ core, window, updates, loginItem, log, text })
  trayHost.onChange(() => {
    if (trayHost.isThere()) tray.replant()
    background.look()
  })
  const forgetQuestions = notifyOfQuestions({ core, window, actions, log, text })
  const dailyLook = new DailyLook({ core, updates })
  const quit = quitAfterDrain({
    app,
    log,
    async drain() {
      dailyLook.stop()
      forgetQuestions()
      trayHost.close()
      background.close()
      tray.close()
      window.close()
      await core.stop(DRAIN_MS)
    },
  })
  whenDead = (error) => void tellOfDeath(error, { quit, log, text })
  await core.call('start')
  log.info({ version: start.version, gateway: core.state().gateway.status }, 'Latchkey has started')
  tray.refresh()
  background.look()
  dailyLook.start()
  return { window, note: (error) => core.tell('noteFailure', toWire(error)) }
}

interface UpdateParts extends Pick<DesktopUpdatesOptions, 'makeWay' | 'giveUp' | 'tell'> {
  readonly env: CoreStart['env']
  readonly log: Log
}

function prepareUpdates({ env, log, ...parts }: UpdateParts): DesktopUpdates {
  const feed = readFeed(join(process.resourcesPath, FEED_FILE))
  return new DesktopUpdates({
    ...parts,
    plan: planUpdates({ feed, isPackaged: app.isPackaged, platform: process.platform, env }),
    open: (from) => openUpdater(from, log),
    log,
  })
}

interface TrayParts {
  readonly core: DesktopCore
  readonly window: ConsoleWindow
  readonly updates: DesktopUpdates
  readonly loginItem: SystemLoginItem | null
  readonly log: Log
  readonly text: () => DesktopText
}

function putInTray(parts: TrayParts): { tray: TrayHandle; actions: TrayActions } {
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
  const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
  const clockTime = (moment: number) => time.format(moment)
  const tray = showTray({
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
  readonly actions: Pick<TrayActions, 'decide' | 'setOnline' | 'setApp' | 'answerPairing'>
}

function notifyOfQuestions({ core, window, actions, log, text }: QuestionParts): () => void {
  const questions = createQuestions({
    platform: process.platform,
    text,
    show: showQuestion,
    openSites: () => window.open(SITES),
    openKeys: () => window.open(KEYS),
    openHome: () => window.open(HOME),
    ...actions,
  })
  const settle = async () => {
    try {
      const { origins, keys } = await core.call('openQuestions')
      questions.settle(origins)
      questions.settleKeys(keys)
    } catch (error) {
      log.error({ error: String(error) }, 'the questions could not be read')
    }
  }
  return core.subscribe((event) => {
    if (event.type === 'question') questions.ask(event.origin)
    if (event.type === 'online-question') questions.askOnline(event.key)
    if (event.type === 'other-app-question') questions.askOtherApp(event.key)
    if (event.type === 'pairing-question') questions.askPairing(event.request)
    if (event.type === 'pairing-change') questions.settlePairing(event.change.id)
    const isReplaced = event.type === 'replaced'
    if (isReplaced || event.type === 'origins' || event.type === 'keys') void settle()
  })
}

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
