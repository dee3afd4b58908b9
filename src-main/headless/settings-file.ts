import { chmodSync, existsSync } from 'node:fs'
import Conf from 'conf'
import { PersonError } from '#shared/person-error.ts'
import type { Settings } from '#shared/settings.ts'
import type { SettingsFile } from '../app/host.ts'

/**
 * `settings.json` in the data directory, mode 0600, the same file and shape as electron-store's on the desktop. A file
 * that is not a JSON object is a PersonError `settings_damaged`, and stays as it is for the person to mend.
 */
export function openSettingsFile(dataDir: string): SettingsFile {
  const conf = mendable(dataDir, () => {
    return new Conf<Record<string, unknown>>({
      cwd: dataDir,
      configName: 'settings',
      configFileMode: 0o600,
      deserialize: objectOf,
    })
  })
  // The mode above is for a file that conf creates; one that a person copied here keeps its own otherwise.
  if (existsSync(conf.path)) chmodSync(conf.path, 0o600)
  return {
    path: conf.path,
    read: () => mendable(dataDir, () => ({ ...conf.store })),
    write: (settings: Settings) => {
      conf.store = { ...settings }
    },
  }
}

/** conf itself takes an array or `null` for an empty store, and would write defaults over it. */
function objectOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  return value as Record<string, unknown>
}

function mendable<T>(dataDir: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const sentence = `The file settings.json in ${dataDir} cannot be read. Mend it, or delete it to begin with the defaults.`
    throw new PersonError('settings_damaged', sentence, { cause: error })
  }
}
