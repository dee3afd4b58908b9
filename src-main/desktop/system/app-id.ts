import type { App } from 'electron'

/** `appId` in electron-builder.yml. The installer writes it into the Start menu's entry. */
export const APP_ID = 'io.github.latchkey.Latchkey'

/** Windows shows a program's notifications only if the program names its entry in the Start menu. */
export function nameToWindows(app: Pick<App, 'setAppUserModelId'>, platform: NodeJS.Platform): void {
  if (platform === 'win32') app.setAppUserModelId(APP_ID)
}
