import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Conf from 'conf'
import type { Settings } from '#shared/settings.ts'
import type { SettingsFile } from '../app/host.ts'
import { objectOf } from '../app/settings-text.ts'

/** `settings.json` in the data directory, mode 0600: the file and the shape that electron-store has on the desktop. */
export function openSettingsFile(dataDir: string): SettingsFile {
  const path = join(dataDir, 'settings.json')
  // Opened at each use, because conf reads in its constructor and throws on a damaged file.
  const open = () =>
    new Conf<Record<string, unknown>>({
      cwd: dataDir,
      configName: 'settings',
      configFileMode: 0o600,
      clearInvalidConfig: false,
      deserialize: objectOf,
    })
  return {
    path,
    read: () => (existsSync(path) ? open().store : undefined),
    write: (settings: Settings) => {
      open().store = settings
    },
  }
}
