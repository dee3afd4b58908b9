import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { installFromDebian } from '../programs/debian.ts'

/** Debian packages, each with a file or library that exists once the package is installed. */
export type Packages = readonly (readonly [name: string, file: string])[]

/** For the runtime and its tests. */
const PACKAGES: Packages = [
  ['xvfb', '/usr/bin/Xvfb'],
  ['dbus-daemon', '/usr/bin/dbus-run-session'],
  ['xdotool', '/usr/bin/xdotool'],
  ['unzip', '/usr/bin/unzip'],
  ['util-linux', '/usr/bin/setpriv'],
  ['gcc', '/usr/bin/gcc'],
  ['g++', '/usr/bin/g++'],
  ['libgtk-3-0', 'libgtk-3.so.0'],
  ['libnss3', 'libnss3.so'],
  ['libasound2', 'libasound.so.2'],
  ['libgbm1', 'libgbm.so.1'],
  ['libxss1', 'libXss.so.1'],
  ['libnotify4', 'libnotify.so.4'],
  ['libglib2.0-bin', '/usr/bin/gio'],
  ['x11-utils', '/usr/bin/xwininfo'],
]

/** For building and installing our packages, in addition: tools, and the deb's dependencies. */
export const TOOLS_FOR_PACKAGES: Packages = [
  ['rpm', '/usr/bin/rpmbuild'],
  ['p7zip-full', '/usr/bin/7za'],
  ['desktop-file-utils', '/usr/bin/desktop-file-validate'],
  ['iproute2', '/sbin/ip'],
  ['libxtst6', 'libXtst.so.6'],
  ['xdg-utils', '/usr/bin/xdg-open'],
  ['libsecret-1-0', 'libsecret-1.so.0'],
]

/** For tests that are skipped without it. */
const FOR_SOME_TESTS: Packages = [['weston', '/usr/bin/weston']]

/** As root, installs the missing packages. Returns why the runtime cannot run here; undefined if it can. */
export function ensureDebianPackages(): string | undefined {
  const reason = ensurePackages([])
  if (reason !== undefined) return reason
  install(FOR_SOME_TESTS)
  return undefined
}

/** The same for the runtime and `more`. */
export function ensurePackages(more: Packages): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'a runtime for tests exists for Linux on x64 only'
  const needed = [...PACKAGES, ...more]
  install(needed)
  const left = missing(needed)
  return left.length === 0 ? undefined : `these packages of Debian are missing: ${left.join(' ')}`
}

function install(packages: Packages): void {
  const wanted = missing(packages)
  if (wanted.length > 0) installFromDebian(wanted)
}

function missing(packages: Packages): string[] {
  const libraries = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? ''
  const isThere = (file: string) => (file.startsWith('/') ? existsSync(file) : libraries.includes(`\t${file} `))
  return packages.filter(([, file]) => !isThere(file)).map(([name]) => name)
}
