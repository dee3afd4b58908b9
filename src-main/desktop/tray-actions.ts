import { clipboard } from 'electron'
import type { App } from '../app/app.ts'
import type { LoginItem } from '../app/host.ts'
import type { Log } from '../app/log.ts'
import type { ConsoleWindow } from './console-window.ts'
import type { TrayActions } from './tray-menu.ts'
import type { Updates } from './updates.ts'

const HOUR_MS = 3_600_000

export interface TrayActionOptions {
  readonly core: App
  readonly window: ConsoleWindow
  readonly loginItem: LoginItem | null
  readonly updates: Updates
  readonly log: Log
  readonly now: () => number
  /** Draws the tray's menu again. */
  readonly refresh: () => void
  readonly quit: () => void
}

/** What the rows of the tray's menu do. Nobody waits for them, so a failure goes to the log and the menu shows what is. */
export function createTrayActions({
  core,
  window,
  loginItem,
  updates,
  log,
  now,
  refresh,
  quit,
}: TrayActionOptions): TrayActions {
  const attempt = (what: string, done: () => Promise<unknown>) => {
    done().catch((error: unknown) => {
      log.error({ error: String(error) }, `${what} failed`)
      // A check box has already changed its mark: the menu must show the truth again.
      refresh()
    })
  }
  const pause = (paused: boolean | number) => attempt('pausing', () => core.core.settings.change({ paused }))
  return {
    open: (page) => window.open(page),
    copyAddress: () => attempt('copying the address', () => clipboard.writeText(core.state().gateway.address)),
    decide: (origin, status) => attempt('deciding', () => core.core.origins.decide(origin, status)),
    pauseForAnHour: () => pause(now() + HOUR_MS),
    pauseUntilResumed: () => pause(true),
    resume: () => pause(false),
    setLoginItem: (on) =>
      attempt('setting the login item', async () => {
        loginItem?.set(on)
        refresh()
      }),
    lookForUpdates: () => attempt('looking for updates', updates.look),
    installUpdate: () => attempt('installing the update', updates.install),
    copyDiagnostics: () => attempt('copying the diagnostics', () => clipboard.writeText(core.core.diagnostics())),
    quit,
  }
}
