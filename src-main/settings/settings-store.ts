import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '#shared/settings/settings.ts'
import type { SettingsFile } from '../base/host.ts'

type Fields = Record<string, unknown>

/** The common part of `conf` and `electron-store`, which is built on it: the whole content as one property. */
interface SettingsStore {
  store: Fields
}

/** The file's name without `.json`; each library has another option for it. */
export const SETTINGS_NAME = 'settings'

/** Some editors on Windows write it at the beginning of a file. */
const BYTE_ORDER_MARK = '\ufeff'

/** The options of both libraries, so that the two shells use the same file. */
export interface SettingsStoreOptions {
  readonly cwd: string
  readonly configFileMode: number
  /** The person has to correct a damaged file, so it must not be cleared. */
  readonly clearInvalidConfig: false
  readonly deserialize: (text: string) => Fields
}

/**
 * `settings.json` in the data directory, mode 0600. Reading needs no library, so the start does not wait for one. Each
 * change creates the library's object again, because the libraries read the file in their constructor and throw if it
 * is damaged.
 */
export function openSettingsStore(
  dataDir: string,
  open: (options: SettingsStoreOptions) => SettingsStore | Promise<SettingsStore>,
): SettingsFile {
  const options = { cwd: dataDir, configFileMode: 0o600, clearInvalidConfig: false, deserialize: objectOf } as const
  return {
    ...openForReading(dataDir),
    async write(settings: Settings) {
      const file = await open(options)
      file.store = settings
    },
  }
}

/** Opens the same file for a thread whose changes another thread writes. */
export function openForReading(dataDir: string): Omit<SettingsFile, 'write'> {
  const path = join(dataDir, `${SETTINGS_NAME}.json`)
  return { path, read: () => (existsSync(path) ? objectOf(readFileSync(path, 'utf8')) : undefined) }
}

/** The libraries treat an array or `null` as an empty store, and would overwrite what a person has to correct. */
function objectOf(text: string): Fields {
  const value: unknown = JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  return value as Fields
}
