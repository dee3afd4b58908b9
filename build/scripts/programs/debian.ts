import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const INSTALL_DEADLINE_MS = 300_000

/** Installs Debian packages if that needs no confirmation: as root, with apt-get. The caller checks the result. */
export function installFromDebian(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.error(`Installing Debian’s packages ${packages.join(' ')} for the tests.`)
  // Waits for the lock, because another installation may be running.
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=120']
  install('apt-get', [...options, 'update'])
  install('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...packages])
}

/** Only the result counts. The installer's output goes to stderr for people. */
export function install(command: string, args: readonly string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    timeout: INSTALL_DEADLINE_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
