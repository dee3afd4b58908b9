import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const INSTALL_DEADLINE_MS = 300_000

/** Installs packages of Debian where that needs no question: as root, with apt-get. The caller looks at what came of it. */
export function installFromDebian(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.error(`Installing Debian’s packages ${packages.join(' ')} for the tests.`)
  // Another installation may be under way; the lock is waited for.
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=120']
  install('apt-get', [...options, 'update'])
  install('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...packages])
}

/** Only the result counts; what the installer says is of use only to a person, on stderr. */
export function install(command: string, args: readonly string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    timeout: INSTALL_DEADLINE_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
