import type { SettingsFile } from '../../base/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../../settings/settings-store.ts'
import { openElectronStore } from './electron-store.ts'

/** The file and the shape that `conf` has headless. */
export function openDesktopSettings(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, (options) => openElectronStore({ ...options, name: SETTINGS_NAME }))
}
