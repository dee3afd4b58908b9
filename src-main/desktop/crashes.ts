import type { App } from 'electron'
import type { Log } from '../app/log.ts'

export interface CrashOptions {
  readonly app: App
  readonly process: NodeJS.EventEmitter
  readonly log: Log
  /** Tells the person and ends the app. */
  readonly giveUp: (error: unknown) => void
}

/**
 * What breaks goes to the log, which is redacted and stays on this computer. Crash dumps are not collected: a dump is
 * the memory of a process, and that has keys and prompts in it.
 */
export function recordCrashes({ app, process, log, giveUp }: CrashOptions): void {
  process.on('uncaughtException', (error: unknown) => {
    log.error({ err: error }, 'the app has failed and ends')
    giveUp(error)
  })
  // One operation has failed, and nobody was waiting for it: the gateway goes on.
  process.on('unhandledRejection', (error: unknown) => log.error({ err: error }, 'something failed unnoticed'))
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    log.error({ type, reason, exitCode }, 'a process of the app has gone')
  })
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    log.error({ reason, exitCode }, 'the window’s process has gone')
  })
}
