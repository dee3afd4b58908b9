import { spawnSync } from 'node:child_process'
import type { User } from './copy.ts'

const NAME = 'latchkey-test'

/**
 * The user that the app runs as: root cannot have Chromium's sandbox, so for root one is made. Undefined for everybody
 * else, who runs it as themselves. Throws when none can be made.
 */
export function normalUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (idOf('-u') === undefined)
    spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME], { stdio: 'ignore' })
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  if (uid === undefined || gid === undefined) throw new Error(`a user ${NAME} could not be made`)
  return { uid, gid }
}

function idOf(which: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [which, NAME], { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

/** The start of a command line that runs the rest as this user. */
export function asUser(user: User | undefined): string[] {
  if (user === undefined) return []
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--']
}
