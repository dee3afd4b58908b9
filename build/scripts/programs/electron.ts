import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// Never `import 'electron'` here: its index.js starts a download by itself, without a deadline.
const PACKAGE_DIR = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
const DOWNLOAD_DEADLINE_MS = 180_000

/** Path of Electron's program; undefined if it was never downloaded. */
export function findElectron(): string | undefined {
  const pathFile = join(PACKAGE_DIR, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const program = join(PACKAGE_DIR, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(program) ? program : undefined
}

/**
 * Downloads Electron's program with the package's own installer. undefined if that fails or takes more than 3 minutes.
 */
export function downloadElectron(): string | undefined {
  console.error('Downloading Electron, once (about 120 MB) ...')
  spawnSync(process.execPath, [join(PACKAGE_DIR, 'install.js')], { stdio: 'ignore', timeout: DOWNLOAD_DEADLINE_MS })
  return findElectron()
}

/** True if a window can be shown. A Linux session without a display cannot. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}
