import { accessSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { PersonError } from '#shared/text/person-error.ts'
import { homeOfUser } from '../base/home-folder.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The default data directory: LATCHKEY_DATA_DIR, else the system's usual place. Throws a PersonError `data_dir` if it
 * would depend on the current folder, because each folder would then have its own keys.
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
  // The XDG base directory specification: ignore a relative path.
  const xdg = env['XDG_DATA_HOME']
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'latchkey')
  return join(homeFolder(env, home), '.local', 'share', 'latchkey')
}

function absolute(path: string, variable: string): string {
  if (isAbsolute(path)) return path
  throw new PersonError('data_dir', `${variable} must be an absolute path. Correct it, or use --data-dir.`)
}

/** Never creates the home folder. A missing one is a mistake, and nobody would find keys in it. */
function homeFolder(env: Environment, given: string | undefined): string {
  if (given !== undefined) return given
  const home = env['HOME'] ?? homeOfUser()
  if (home !== undefined && isAbsolute(home) && isFolder(home)) return home
  const what = home === undefined || home === '' ? 'This user has no home folder' : `${home} is not a home folder`
  throw new PersonError(
    'data_dir',
    `${what}. Set the variable HOME to an existing folder, or choose a data directory with --data-dir.`,
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
 * Returns the directory's real path; creates it for this user only if it does not exist. Throws a PersonError
 * `data_dir` if it cannot be created, if it belongs to another user, or if every user of the computer may write in it,
 * because they could then add their own keys.
 */
export function prepareDataDir(path: string): string {
  const full = resolve(path)
  try {
    makeFolder(full)
  } catch (error) {
    throw new PersonError(
      'data_dir',
      `Latchkey cannot create the data directory ${full}. Choose another with --data-dir.`,
      {
        cause: error,
      },
    )
  }
  if (process.platform !== 'win32' && (statSync(full).mode & 0o002) !== 0) {
    const sentence = `Every user of this computer may write in ${full}. Run chmod 700 on it, or choose another with --data-dir.`
    throw new PersonError('data_dir', sentence)
  }
  if (!isOurs(full)) {
    const sentence = `You may not read and write in ${full}. Run the command as its owner (on a server: sudo -u latchkey), or choose another directory with --data-dir.`
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

/** Creates folders one by one: below /proc, Node's own `recursive` repeats forever. */
function makeFolder(path: string): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process created it first.
    if (!isFolder(path)) throw error
  }
}
