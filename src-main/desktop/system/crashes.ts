import type { App } from 'electron'
import type { Log } from '../../base/log.ts'

export interface CrashOptions {
  readonly app: App
  readonly log: Log
}

/**
 * Logs every process of the app that ends unexpectedly. The log is redacted and stays on this computer. Crash dumps are
 * not collected: a dump is a process's memory, which contains keys and prompts.
 */
export function recordCrashes({ app, log }: CrashOptions): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    log.error({ type, reason, exitCode }, 'a process of the app ended unexpectedly')
  })
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    log.error({ reason, exitCode }, 'the window’s process ended unexpectedly')
  })
}
