import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findElectron } from '../../build/scripts/programs/electron.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/**
 * Adds functions that an older Electron lacks. Electron's default app loads this file, which a packed app does not
 * have.
 */
const NEWER_ELECTRON = join(ROOT, 'build/scripts/real-electron/default-app/newer-electron.cjs')
const OWN: ReadonlySet<string> = new Set(['electron', 'resources'])

export interface PackedAppOptions {
  readonly folder: string
  readonly version: string
  /** Written as electron-builder writes it. */
  readonly feed: string
  /** Another packed app, whose copy of the program (180 MB) is used again. */
  readonly like?: string
}

/**
 * Lays out the app as a package has it: a program with a name of its own, so that Electron takes it for packed, and
 * `resources` with the app and the address of its updates. Returns the program's path.
 */
export function packApp({ folder, version, feed, like }: PackedAppOptions): string {
  const electron = String(findElectron())
  const program = join(folder, 'latchkey')
  const app = join(folder, 'resources/app')
  mkdirSync(app, { recursive: true })
  for (const name of readdirSync(dirname(electron)))
    if (!OWN.has(name)) symlinkSync(join(dirname(electron), name), join(folder, name))
  // By a link Electron would find its own name.
  if (like === undefined) copyFileSync(electron, program)
  else linkSync(like, program)
  const { name, desktopName } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string>
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name, desktopName, version, type: 'module', main: 'app.js' }),
  )
  const parts = [NEWER_ELECTRON, join(ROOT, 'dist/main/desktop.js')].map((path) => pathToFileURL(path).href)
  writeFileSync(join(app, 'app.js'), `${parts.map((part) => `await import('${part}')`).join('\n')}\n`)
  const config = ['provider: generic', `url: ${feed}`, 'updaterCacheDirName: latchkey-updater', '']
  writeFileSync(join(folder, 'resources/app-update.yml'), config.join('\n'))
  return program
}
