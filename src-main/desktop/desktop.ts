import { join } from 'node:path'
import { app, Menu, nativeTheme, session } from 'electron'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { App } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import type { Host, LoginItem } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import { openControlChannel } from '../control/control-channel.ts'
import type { Demo } from '../sample/demo.ts'
import { guardConsole } from './hardening/app-protocol.ts'
import { closeNetwork } from './hardening/hardening.ts'
import type { Leash } from './hardening/remote-leash.ts'
import { showQuestion, tell } from './notifications/native-notification.ts'
import { createQuestions } from './notifications/questions.ts'
import { quitAfterDrain } from './system/quit.ts'
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

/** How long a quit waits for answers that are being generated, in milliseconds. */
const DRAIN_MS = 5_000

export interface DesktopOptions {
  readonly host: Omit<Host, 'updates'>
  /** The sample that stands in for Ollama, where it was asked for. Closed at the end. */
  readonly demo: Demo | undefined
  readonly leash: Leash
  /** Absolute path of the bundled preload script. */
  readonly preload: string
  /** Tells the person what went wrong, and ends the program. */
  readonly giveUp: (title: string, error: unknown) => void
}

/** Starts the core and puts the desktop around it. Call when Electron is ready. Throws what `createApp` throws. */
export async function startDesktop({ host, demo, leash, preload, giveUp }: DesktopOptions): Promise<ConsoleWindow> {
  const lookingForTray = watchTrayHost({ platform: process.platform, env: host.env, log: host.log })
  const updates = prepareUpdates({
    host,
    tell: (news) => tell(...wordsOfNews(news, text(), host.version), () => window.open(ABOUT)),
    async makeWay() {
      await quit.drain()
      app.releaseSingleInstanceLock()
    },
    giveUp(cause) {
      const { notStartedTitle, notStarted } = text().updates
      giveUp(notStartedTitle, new PersonError('update_failed', notStarted, { cause }))
    },
  })
  const core = await createApp({ ...host, updates })
  const channel = await openControlChannel({ dataDir: host.dataDir, handler: core.commandLine })
  const pages = session.fromPartition(CONSOLE_PARTITION)
  pages.protocol.handle(CONSOLE_SCHEME, guardConsole(core.console))
  await closeNetwork(pages)
  const menu = applicationMenu(process.platform)
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu))
  const text = () => chooseText(core.core.settings.read().language, app.getPreferredSystemLanguages())
  const dark = () => isDark(core.core.settings.read().theme)
  const trayHost = await lookingForTray
  const memory = openWindowMemory(host.dataDir)
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
  const { tray, actions } = putInTray({ core, window, updates, loginItem: host.loginItem, log: host.log, text })
  trayHost.onChange(() => {
    if (trayHost.isThere()) tray.replant()
    background.look()
  })
  const forgetQuestions = notifyOfQuestions({ core, window, actions, log: host.log, text })
  const dailyLook = new DailyLook({ core, updates })
  const quit = quitAfterDrain({
    app,
    log: host.log,
    async drain() {
      dailyLook.stop()
      forgetQuestions()
      trayHost.close()
      background.close()
      tray.close()
      window.close()
      await channel.close()
      await core.stop(DRAIN_MS)
      await demo?.close()
    },
  })
  await core.start()
  host.log.info({ version: host.version, gateway: core.state().gateway.status }, 'Latchkey has started')
  tray.refresh()
  background.look()
  dailyLook.start()
  return window
}

interface UpdateParts extends Pick<DesktopUpdatesOptions, 'makeWay' | 'giveUp' | 'tell'> {
  readonly host: DesktopOptions['host']
}

function prepareUpdates({ host, ...parts }: UpdateParts): DesktopUpdates {
  const { log, env } = host
  const feed = readFeed(join(process.resourcesPath, FEED_FILE))
  return new DesktopUpdates({
    ...parts,
    plan: planUpdates({ feed, isPackaged: app.isPackaged, platform: process.platform, env }),
    open: (from) => openUpdater(from, log),
    log,
  })
}

interface TrayParts {
  readonly core: App
  readonly window: ConsoleWindow
  readonly updates: DesktopUpdates
  readonly loginItem: LoginItem | null
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
  readonly actions: Pick<TrayActions, 'decide' | 'setOnline'>
}

function notifyOfQuestions({ core, window, actions, log, text }: QuestionParts): () => void {
  const questions = createQuestions({
    platform: process.platform,
    text,
    show: showQuestion,
    openSites: () => window.open(SITES),
    openKeys: () => window.open(KEYS),
    ...actions,
  })
  const settle = (read: Promise<void>) =>
    void read.catch((error: unknown) => log.error({ error: String(error) }, 'the questions could not be read'))
  return core.subscribe((event) => {
    if (event.type === 'question') questions.ask(event.origin)
    if (event.type === 'online-question') questions.askOnline(event.key)
    const isReplaced = event.type === 'replaced'
    if (isReplaced || event.type === 'origins') settle(core.core.origins.list().then(questions.settle))
    if (isReplaced || event.type === 'keys') settle(core.core.keys.list().then(questions.settleOnline))
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
