import { clipboard } from 'electron'
import type { Log } from '../../base/log.ts'
import type { DesktopCore } from '../core-thread/desktop-core.ts'
import type { SystemLoginItem } from '../system/login-item.ts'
import type { DesktopText } from '../text/choose-text.ts'
import type { DesktopUpdates } from '../updates/updates.ts'
import type { ConsoleWindow } from '../window/console-window.ts'
import type { TrayActions } from './tray-menu.ts'

const HOUR_MS = 3_600_000

export interface TrayActionOptions {
  readonly core: DesktopCore
  readonly window: Pick<ConsoleWindow, 'open'>
  readonly loginItem: SystemLoginItem | null
  readonly updates: Pick<DesktopUpdates, 'look' | 'load' | 'cancel' | 'install'>
  readonly log: Log
  readonly now: () => number
  /** Redraws the tray's menu. */
  readonly refresh: () => void
  /** Redraws the menu after a click that changed nothing. */
  readonly restore: () => void
  /** Shows the person a notification. */
  readonly tell: (title: string, body: string) => void
  /** The texts in the language that is chosen now. */
  readonly text: () => DesktopText
  readonly quit: () => void
}

/**
 * The actions of the rows in the tray's menu. No caller awaits them: a failure goes to a notification and the log, and
 * the menu is redrawn from the real state.
 */
export function createTrayActions({
  core,
  window,
  loginItem,
  updates,
  log,
  now,
  refresh,
  restore,
  tell,
  text,
  quit,
}: TrayActionOptions): TrayActions {
  const attempt = (what: Exclude<keyof DesktopText['failures'], 'body'>, done: () => Promise<unknown>) => {
    done().catch((error: unknown) => {
      log.error({ error: String(error) }, `${what} failed`)
      restore()
      tell(text().failures[what], text().failures.body)
    })
  }
  const pause = (paused: boolean | number) => attempt('pause', () => core.call('changeSettings', { paused }))
  return {
    open: (page) => window.open(page),
    copyAddress: () => attempt('copy', () => clipboard.writeText(core.state().gateway.address)),
    decide: (origin, status) => attempt('decide', () => core.call('decide', origin, status)),
    blockWithKey: (origin, keyId) =>
      attempt('decide', async () => {
        await core.call('decide', origin, 'blocked')
        await core.call('changeKey', keyId, { enabled: false })
      }),
    setOnline: (id, online) => attempt('setOnline', () => core.call('changeKey', id, { online })),
    setApp: (id, app) => attempt('setApp', () => core.call('changeKey', id, { app })),
    answerPairing: ({ id, code }, isAllowed) =>
      attempt('answerPairing', () => core.call('answerPairing', { id, code }, isAllowed)),
    answerJoining: (id, isAllowed) => attempt('answerJoining', () => core.call('answerJoining', id, isAllowed)),
    pauseForAnHour: () => pause(now() + HOUR_MS),
    pauseUntilResumed: () => pause(true),
    resume: () => pause(false),
    setLoginItem: (on) =>
      attempt('loginItem', async () => {
        loginItem?.set(on)
        refresh()
      }),
    // The updater reports the outcome of these itself.
    lookForUpdate: () => void updates.look('tray'),
    loadUpdate: () => void updates.load(),
    cancelUpdate: () => updates.cancel(),
    installUpdate: () => void updates.install(),
    copyDiagnostics: () => attempt('copy', async () => clipboard.writeText(await core.call('diagnostics'))),
    quit,
  }
}
