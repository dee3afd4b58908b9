import { join } from 'node:path'
import type { Host, SettingsFile } from '../../base/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../../settings/settings-store.ts'
import { openElectronStore } from './electron-store.ts'

/** All but what looks for updates, which needs what is built on this. */
type DesktopHost = Omit<Host, 'updates'>

export function createDesktopHost(options: Omit<DesktopHost, 'shell' | 'settingsFile'>): DesktopHost {
  return { ...options, shell: 'desktop', settingsFile: electronStoreFile(options.dataDir) }
}

/** The file and the shape that `conf` has headless. */
function electronStoreFile(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, (options) => openElectronStore({ ...options, name: SETTINGS_NAME }))
}

/** Where the desktop app's log is: a person who reports a fault finds it on the About page. */
export function logFileOf(dataDir: string): string {
  return join(dataDir, 'latchkey.log')
}
