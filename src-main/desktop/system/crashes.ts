import type { App } from 'electron'
import type { Log } from '../../base/log.ts'

export interface CrashOptions {
  readonly app: App
  readonly log: Log
}

/**
 * Processes of the app that end go to the log, which is redacted and stays on this computer. Crash dumps are not
 * collected: a dump is the memory of a process, and that has keys and prompts in it.
 */
export function recordCrashes({ app, log }: CrashOptions): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    log.error({ type, reason, exitCode }, 'a process of the app has gone')
  })
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    log.error({ reason, exitCode }, 'the window’s process has gone')
  })
}
