import type { App } from 'electron'

/** `appId` in electron-builder.yml, which the installer writes into the Start menu's entry. */
export const APP_ID = 'io.github.latchkey.Latchkey'

/** Windows shows no notification of a program that does not name its entry in the Start menu. */
export function nameToWindows(app: Pick<App, 'setAppUserModelId'>, platform: NodeJS.Platform): void {
  if (platform === 'win32') app.setAppUserModelId(APP_ID)
}
