import { app, dialog } from 'electron'
import type { Log } from '../../base/log.ts'
import type { DesktopText } from '../text/choose-text.ts'
import type { Quit } from './quit.ts'

export interface DeathOptions {
  readonly quit: Pick<Quit, 'drain'>
  readonly log: Pick<Log, 'error'>
  /** The texts in the language that was chosen last. */
  readonly text: () => DesktopText
}

/**
 * Handles the unexpected end of the core's thread, for example when memory runs out. The gateway no longer answers. The
 * tray and the window close, because their content is out of date, and the person decides whether Latchkey restarts.
 */
export async function tellOfDeath(error: Error, { quit, log, text }: DeathOptions): Promise<void> {
  log.error({ err: error }, 'the core’s thread has ended')
  const { core, tray } = text()
  await quit.drain()
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Latchkey',
    message: core.endedTitle,
    detail: core.endedBody,
    buttons: [core.startAgain, tray.quit],
    defaultId: 0,
    cancelId: 1,
  })
  if (response === 0) app.relaunch()
  app.exit(1)
}
