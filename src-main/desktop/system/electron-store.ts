import { ipcMain } from 'electron'
import Store from 'electron-store'
import type { SettingsFile } from '../../base/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../../settings/settings-store.ts'

/** On this channel electron-store tells any page where the data is. No page of ours reads a store. */
const STORE_CHANNEL = 'electron-store-get-data'

type Options = NonNullable<ConstructorParameters<typeof Store<Record<string, unknown>>>[0]>

/** Opens a file of electron-store without the channel that its first instance adds. */
export function openElectronStore(options: Options): Store<Record<string, unknown>> {
  const store = new Store<Record<string, unknown>>(options)
  ipcMain.removeAllListeners(STORE_CHANNEL)
  return store
}

/** Opens the settings in the same file and format that `conf` uses headless. */
export function openDesktopSettings(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, (options) => openElectronStore({ ...options, name: SETTINGS_NAME }))
}
