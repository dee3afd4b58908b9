import Conf from 'conf'
import type { SettingsFile } from '../app/host.ts'
import { openSettingsStore, SETTINGS_NAME } from '../app/settings-store.ts'

/** The file and the shape that electron-store has on the desktop. */
export function openSettingsFile(dataDir: string): SettingsFile {
  return openSettingsStore(dataDir, (options) => new Conf({ ...options, configName: SETTINGS_NAME }))
}
