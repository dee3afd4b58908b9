import { accessSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { PersonError } from '#shared/person-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where everything is kept unless `--data-dir` says otherwise: LATCHKEY_DATA_DIR, else the system's own place. */
export function defaultDataDir(env: Environment, platform: NodeJS.Platform, home = homedir()): string {
  if (env['LATCHKEY_DATA_DIR']) return env['LATCHKEY_DATA_DIR']
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Latchkey')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Latchkey')
  // The XDG base directory specification: a relative path there is to be ignored.
  const xdg = env['XDG_DATA_HOME']
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'latchkey')
}

/**
 * The directory's real path, made for this user only if it is not there. Throws a PersonError `data_dir` when it cannot
 * be made, when it is another user's, or when every user of the computer may write in it: they could then put their own
 * keys there.
 */
export function prepareDataDir(path: string): string {
  const full = resolve(path)
  try {
    mkdirSync(full, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new PersonError('data_dir', `The data directory ${full} cannot be made. Choose another with --data-dir.`, {
      cause: error,
    })
  }
  if (process.platform !== 'win32' && (statSync(full).mode & 0o002) !== 0) {
    const sentence = `Every user of this computer may write in ${full}. Run chmod 700 on it, or choose another with --data-dir.`
    throw new PersonError('data_dir', sentence)
  }
  if (!isOurs(full)) {
    const sentence = `You may not read and write in ${full}. Be the user whose it is (on a server: sudo -u latchkey), or choose another with --data-dir.`
    throw new PersonError('data_dir', sentence)
  }
  return realpathSync(full)
}

function isOurs(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
