import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '#shared/settings/settings.ts'
import type { SettingsFile } from '../base/host.ts'

type Fields = Record<string, unknown>

/** What `conf` and `electron-store`, which is built on it, have in common: all that is kept, as one property. */
interface SettingsStore {
  store: Fields
}

/** The name of the file without `.json`: each library has another option for it. */
export const SETTINGS_NAME = 'settings'

/** Some editors on Windows write it in front of what a person changed by hand. */
const BYTE_ORDER_MARK = '\ufeff'

/** How both libraries are opened, so that the two shells keep the same file. */
export interface SettingsStoreOptions {
  readonly cwd: string
  readonly configFileMode: number
  /** A damaged file is for the person to mend: it must not be cleared. */
  readonly clearInvalidConfig: false
  readonly deserialize: (text: string) => Fields
}

/**
 * `settings.json` in the data directory, mode 0600. What is read needs no library, and no start has to wait for one; a
 * change opens it anew, because the libraries read in their constructor and throw on a damaged file.
 */
export function openSettingsStore(
  dataDir: string,
  open: (options: SettingsStoreOptions) => SettingsStore | Promise<SettingsStore>,
): SettingsFile {
  const options = { cwd: dataDir, configFileMode: 0o600, clearInvalidConfig: false, deserialize: objectOf } as const
  const path = join(dataDir, `${SETTINGS_NAME}.json`)
  return {
    path,
    read: () => (existsSync(path) ? objectOf(readFileSync(path, 'utf8')) : undefined),
    async write(settings: Settings) {
      const file = await open(options)
      file.store = settings
    },
  }
}

/** The libraries take an array or `null` for an empty store, and would write over what a person has to mend. */
function objectOf(text: string): Fields {
  const value: unknown = JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  return value as Fields
}
