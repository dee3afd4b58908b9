import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Store from 'electron-store'
import type { Settings } from '#shared/settings.ts'
import type { Host, SettingsFile } from '../app/host.ts'
import { objectOf } from '../app/settings-text.ts'

export function createDesktopHost(options: Omit<Host, 'shell' | 'settingsFile' | 'overrides'>): Host {
  return { ...options, shell: 'desktop', settingsFile: electronStoreFile(options.dataDir), overrides: {} }
}

/** Opened at each use, because electron-store reads in its constructor and throws on a damaged file. */
function electronStoreFile(dataDir: string): SettingsFile {
  const open = () =>
    new Store<Record<string, unknown>>({
      cwd: dataDir,
      name: 'settings',
      clearInvalidConfig: false,
      configFileMode: 0o600,
      deserialize: objectOf,
    })
  const path = join(dataDir, 'settings.json')
  return {
    path,
    read: () => (existsSync(path) ? open().store : undefined),
    write: (settings: Settings) => {
      open().store = settings
    },
  }
}

/** Where the desktop app's log is: a person who reports a fault finds it on the About page. */
export function logFileOf(dataDir: string): string {
  return join(dataDir, 'latchkey.log')
}
