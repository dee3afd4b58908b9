import { spawnSync } from 'node:child_process'
import type { User } from './copy.ts'

const NAME = 'latchkey-test'

/**
 * The user who runs the app. Chromium has no sandbox as root, so this creates a user for root. undefined for everyone else:
 * they run the app themselves. Throws if the user cannot be created.
 */
export function normalUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (idOf('-u') === undefined)
    spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME], { stdio: 'ignore' })
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  if (uid === undefined || gid === undefined) throw new Error(`The user ${NAME} could not be created`)
  return { uid, gid }
}

function idOf(which: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [which, NAME], { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

/** A command prefix that runs the rest as this user. */
export function asUser(user: User | undefined): string[] {
  if (user === undefined) return []
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--']
}
