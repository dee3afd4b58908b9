import type { App as ElectronApp } from 'electron'
import type { Log } from '../app/log.ts'

export interface QuitOptions {
  readonly app: ElectronApp
  readonly log: Log
  /** Ends everything; called once. */
  readonly drain: () => Promise<void>
}

/** Holds a quit back until the core has drained, however it was asked for: menu, signal, or the end of the session. */
export function quitAfterDrain({ app, log, drain }: QuitOptions): void {
  let drained: Promise<void> | undefined
  app.on('before-quit', (event) => {
    event.preventDefault()
    drained ??= drain()
      .catch((error: unknown) => log.error({ error: String(error) }, 'ending did not go as it should'))
      .then(() => app.exit(0))
  })
}
