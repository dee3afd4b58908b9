import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { installFromDebian } from '../../debian.ts'

/** Packages of Debian, each with a file that shows that it is there. */
type Packages = readonly (readonly [name: string, file: string])[]

/** What the runtime and its tests need. */
const PACKAGES: Packages = [
  ['xvfb', '/usr/bin/Xvfb'],
  ['dbus-daemon', '/usr/bin/dbus-run-session'],
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

/** What building and installing the packages needs besides: tools, and what the deb depends on. */
export const TOOLS_FOR_PACKAGES: Packages = [
  ['rpm', '/usr/bin/rpmbuild'],
  ['p7zip-full', '/usr/bin/7za'],
  ['desktop-file-utils', '/usr/bin/desktop-file-validate'],
  ['iproute2', '/sbin/ip'],
  ['libxtst6', 'libXtst.so.6'],
  ['xdg-utils', '/usr/bin/xdg-open'],
  ['libsecret-1-0', 'libsecret-1.so.0'],
]

/** Installs what is missing, as root. Returns the reason why the runtime cannot run here, or undefined. */
export function ensureDebianPackages(besides: Packages = []): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'a runtime for tests exists for Linux on x64 only'
  const packages = [...PACKAGES, ...besides]
  const lacking = missing(packages)
  if (lacking.length === 0) return undefined
  installFromDebian(lacking)
  const left = missing(packages)
  return left.length === 0 ? undefined : `these packages of Debian are missing: ${left.join(' ')}`
}

function missing(packages: Packages): string[] {
  const libraries = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? ''
  const isThere = (file: string) => (file.startsWith('/') ? existsSync(file) : libraries.includes(`\t${file} `))
  return packages.filter(([, file]) => !isThere(file)).map(([name]) => name)
}
