import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { installFromDebian } from './debian.ts'

const SYSTEM_PATHS = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']
/** docs/browsers.md describes this version; older ones do not ask before a page reaches this computer. */
const OLDEST = 153

/** The path of a Firefox that is new enough: `LATCHKEY_FIREFOX`, else the system's. */
export function findFirefox(): string | undefined {
  const chosen = process.env['LATCHKEY_FIREFOX']
  if (chosen) return chosen
  return SYSTEM_PATHS.find((path) => existsSync(path) && versionOf(path) >= OLDEST)
}

/** Finds a Firefox or installs Debian's. undefined if there is none, and then its tests are skipped. */
export function getFirefox(): string | undefined {
  const found = findFirefox()
  if (found !== undefined) return found
  installFromDebian(['firefox-esr'])
  return findFirefox()
}

/** The major version; 0 if it does not start. */
function versionOf(path: string): number {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 })
  return Number(/(\d+)\./.exec(stdout ?? '')?.[1] ?? 0)
}
