import type { SettingsFile } from '../../base/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../../settings/settings-store.ts'
import { openElectronStore } from './electron-store.ts'

/** Opens the settings in the same file and format that `conf` uses headless. */
export function openDesktopSettings(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, (options) => openElectronStore({ ...options, name: SETTINGS_NAME }))
}
