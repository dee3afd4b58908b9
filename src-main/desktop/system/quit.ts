import type { App as ElectronApp } from 'electron'
import type { Log } from '../../base/log.ts'

export interface QuitOptions {
  readonly app: ElectronApp
  readonly log: Log
  /** Ends everything. Called once. */
  readonly drain: () => Promise<void>
}

export interface Quit {
  /** Ends everything but the program itself. Never rejects. */
  drain(): Promise<void>
}

/**
 * Delays a quit until the core has drained, whether the menu, a signal or the updater asked for it. Windows does not
 * wait when its session ends: decisions are on disk by then, but the last second of usage may be lost.
 */
export function quitAfterDrain({ app, log, drain }: QuitOptions): Quit {
  let drained: Promise<void> | undefined
  let ended: Promise<void> | undefined
  const drainOnce = () => {
    drained ??= drain().catch((error: unknown) => log.error({ err: error }, 'the app did not end cleanly'))
    return drained
  }
  app.on('before-quit', (event) => {
    event.preventDefault()
    ended ??= drainOnce().then(() => app.exit(0))
  })
  return { drain: drainOnce }
}
