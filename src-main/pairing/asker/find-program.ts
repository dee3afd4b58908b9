import { findOnMac, findOnWindows } from './commands.ts'
import { findOnLinux } from './linux.ts'
import type { FindProgram } from './program.ts'

export interface FindProgramOptions {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Returns this system's way to find the program of a connection; undefined if Latchkey does not support the system. */
export function createFindProgram({ platform, env }: FindProgramOptions): FindProgram {
  const find = finderOf(platform, env)
  return (connection) => find(connection).catch(() => undefined)
}

function finderOf(platform: NodeJS.Platform, env: FindProgramOptions['env']): FindProgram {
  if (platform === 'linux') return (connection) => findOnLinux(connection)
  if (platform === 'darwin') return findOnMac
  const root = env.SystemRoot
  if (platform === 'win32' && root !== undefined) return (connection) => findOnWindows(connection, root)
  return () => Promise.resolve(undefined)
}
