import { accessSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { PersonError } from '#shared/text/person-error.ts'
import { homeOfUser } from '../base/home-folder.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where everything is kept unless `--data-dir` says otherwise: LATCHKEY_DATA_DIR, else the system's own place. Throws a PersonError
 * `data_dir` where that would depend on the folder one happens to be in: each would get keys of its own.
 */
export function defaultDataDir(env: Environment, platform: NodeJS.Platform, home?: string): string {
  const chosen = env['LATCHKEY_DATA_DIR']
  if (chosen) return absolute(chosen, 'LATCHKEY_DATA_DIR')
  if (platform === 'darwin') return join(homeFolder(env, home), 'Library', 'Application Support', 'Latchkey')
  if (platform === 'win32') {
    const roaming = env['APPDATA']
    if (roaming !== undefined && isAbsolute(roaming)) return join(roaming, 'Latchkey')
    return join(homeFolder(env, home), 'AppData', 'Roaming', 'Latchkey')
  }
  // The XDG base directory specification: a relative path there is to be ignored.
  const xdg = env['XDG_DATA_HOME']
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'latchkey')
  return join(homeFolder(env, home), '.local', 'share', 'latchkey')
}

function absolute(path: string, variable: string): string {
  if (isAbsolute(path)) return path
  throw new PersonError(
    'data_dir',
    `${variable} must be a whole path, from the root on. Correct it, or give --data-dir.`,
  )
}

/** Never made: a home that is not there is a mistake, and keys in its place would be found by nobody. */
function homeFolder(env: Environment, given: string | undefined): string {
  if (given !== undefined) return given
  const home = env['HOME'] ?? homeOfUser()
  if (home !== undefined && isAbsolute(home) && isFolder(home)) return home
  const what = home === undefined || home === '' ? 'This user has no home folder' : `${home} is not a home folder`
  throw new PersonError(
    'data_dir',
    `${what}. Set the variable HOME to one that exists, or say with --data-dir where Latchkey keeps its keys.`,
  )
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * The directory's real path, made for this user only if it is not there. Throws a PersonError `data_dir` when it cannot
 * be made, when it is another user's, or when every user of the computer may write in it: they could then put their own
 * keys there.
 */
export function prepareDataDir(path: string): string {
  const full = resolve(path)
  try {
    makeFolder(full)
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

/** One by one: below /proc and its like, Node's own `recursive` tries again without end. */
function makeFolder(path: string): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process was quicker.
    if (!isFolder(path)) throw error
  }
}
