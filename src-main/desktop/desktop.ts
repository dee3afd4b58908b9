import { app, Menu, session } from 'electron'
import { PersonError } from '#shared/person-error.ts'
import type { App } from '../app/app.ts'
import { openControlChannel } from '../app/control-channel.ts'
import { createApp } from '../app/create-app.ts'
import type { Host, LoginItem } from '../app/host.ts'
import type { Log } from '../app/log.ts'
import { guardConsole } from './app-protocol.ts'
import { applicationMenu } from './application-menu.ts'
import { type ConsoleWindow, createConsoleWindow } from './console-window.ts'
import { openUpdater } from './electron-updater.ts'
import { showQuestion, tell } from './native-notification.ts'
import { CONSOLE_SCHEME, SITES } from './pages.ts'
import { createQuestions } from './questions.ts'
import { quitAfterDrain } from './quit.ts'
import type { Leash } from './remote-leash.ts'
import { showTray, type TrayHandle } from './tray.ts'
import { createTrayActions } from './tray-actions.ts'
import type { TrayActions } from './tray-menu.ts'
import { planUpdates } from './update-plan.ts'
import { createUpdates, type Updates, type UpdatesOptions } from './updates.ts'
import { openWindowMemory } from './window-memory.ts'
import { CONSOLE_PARTITION } from './window-options.ts'

/** How long a quit waits for answers that are being generated, in milliseconds. */
const DRAIN_MS = 5_000
const LOOK_FOR_UPDATES_EVERY_MS = 24 * 3_600_000
const UPDATE_FAILED =
  'The newer version could not be put in place, and Latchkey has ended. Start it again; if it does not start, install it anew. Your keys are kept.'

export interface DesktopOptions {
  readonly host: Host
  readonly leash: Leash
  /** Absolute path of the bundled preload script. */
  readonly preload: string
  /** Tells the person what went wrong, and ends the program. */
  readonly giveUp: (title: string, error: unknown) => void
}

/** Starts the core and puts the desktop around it. Call when Electron is ready. Throws what `createApp` throws. */
export async function startDesktop({ host, leash, preload, giveUp }: DesktopOptions): Promise<ConsoleWindow> {
  const core = await createApp(host)
  const channel = await openControlChannel({ dataDir: host.dataDir, handler: core.commandLine })
  session.fromPartition(CONSOLE_PARTITION).protocol.handle(CONSOLE_SCHEME, guardConsole(core.console))
  const menu = applicationMenu(process.platform)
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu))
  const window = createConsoleWindow({ memory: openWindowMemory(host.dataDir), preload, leash })
  const updates = prepareUpdates({
    host,
    feed: core.core.settings.read().updateFeed,
    onChange: () => tray.refresh(),
    async makeWay() {
      await quit.drain()
      app.releaseSingleInstanceLock()
    },
    giveUp: (cause) =>
      giveUp('Latchkey could not be updated', new PersonError('update_failed', UPDATE_FAILED, { cause })),
  })
  const { tray, actions } = putInTray({ core, window, updates, loginItem: host.loginItem, log: host.log })
  const forgetQuestions = notifyOfQuestions(core, window, actions, host.log)
  const lookForUpdates = setInterval(() => void updates.look(), LOOK_FOR_UPDATES_EVERY_MS)
  const quit = quitAfterDrain({
    app,
    log: host.log,
    async drain() {
      clearInterval(lookForUpdates)
      forgetQuestions()
      tray.close()
      window.close()
      await channel.close()
      await core.stop(DRAIN_MS)
    },
  })
  await core.start()
  host.log.info({ version: host.version, gateway: core.state().gateway.status }, 'Latchkey has started')
  tray.refresh()
  void updates.look()
  return window
}

interface UpdateParts extends Pick<UpdatesOptions, 'onChange' | 'makeWay' | 'giveUp'> {
  readonly host: Host
  readonly feed: string | null
}

function prepareUpdates({ host, feed, ...parts }: UpdateParts): Updates {
  const { log, env } = host
  return createUpdates({
    ...parts,
    plan: planUpdates({ feed, isPackaged: app.isPackaged, platform: process.platform, env }),
    open: (from) => openUpdater(from, log),
    tellFailure: tellThatUpdatesFailed,
    log,
  })
}

function tellThatUpdatesFailed(): void {
  const body = 'Look at the network, or at the feed in the settings. You can try again from the tray.'
  tell('Looking for a newer Latchkey failed', body)
}

interface TrayParts {
  readonly core: App
  readonly window: ConsoleWindow
  readonly updates: Updates
  readonly loginItem: LoginItem | null
  readonly log: Log
}

function putInTray(parts: TrayParts): { tray: TrayHandle; actions: TrayActions } {
  const { core, window, updates, loginItem, log } = parts
  const actions = createTrayActions({
    core,
    window,
    loginItem,
    updates,
    log,
    now: Date.now,
    refresh: () => tray.refresh(),
    quit: () => app.quit(),
  })
  const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
  const clockTime = (moment: number) => time.format(moment)
  const tray = showTray({ core, actions, loginItem, updates, log, clock: { now: performanceNow, after }, clockTime })
  return { tray, actions }
}

function notifyOfQuestions(core: App, window: ConsoleWindow, { decide }: TrayActions, log: Log): () => void {
  const { platform } = process
  const questions = createQuestions({ platform, show: showQuestion, openSites: () => window.open(SITES), decide })
  const settle = () =>
    core.core.origins
      .list()
      .then(questions.settle)
      .catch((error: unknown) => log.error({ error: String(error) }, 'the questions could not be read'))
  return core.subscribe((event) => {
    if (event.type === 'question') questions.ask(event.origin)
    if (event.type === 'origins') void settle()
  })
}

function performanceNow(): number {
  return performance.now()
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
