import { access, constants } from 'node:fs/promises'
import { posix, win32 } from 'node:path'
import type { HandoverAppId } from '#shared/handover/apps.ts'
import { type Environment, joinOn } from './app-folders.ts'
import { CONFIG_FILES } from './config-files.ts'

/** True if the app is on this computer: it has a file or a folder, or its program is on PATH. */
export async function isInstalled(app: HandoverAppId, environment: Environment): Promise<boolean> {
  const { files, program } = CONFIG_FILES[app]
  const folder = CONFIG_FILES[app].folder(environment)
  const join = joinOn(environment)
  const own = files.flatMap(({ names }) => names.map((name) => join(folder, name)))
  // An app whose file is directly in the home folder has no folder of its own.
  const paths = folder === environment.home ? own : [...own, folder]
  return (await Promise.all([...paths.map((path) => exists(path)), isOnPath(program, environment)])).includes(true)
}

async function isOnPath(program: string, environment: Environment): Promise<boolean> {
  const isWindows = environment.platform === 'win32'
  const folders = (environment.env['PATH'] ?? environment.env['Path'] ?? '').split(
    (isWindows ? win32 : posix).delimiter,
  )
  const names = isWindows ? [`${program}.exe`, `${program}.cmd`] : [program]
  const paths = folders.filter(Boolean).flatMap((folder) => names.map((name) => joinOn(environment)(folder, name)))
  return (await Promise.all(paths.map((path) => exists(path, constants.X_OK)))).includes(true)
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}
