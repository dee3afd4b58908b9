import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AfterPackContext, build, type Configuration, Platform } from 'electron-builder'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const HERE = 'build/scripts/real-electron/default-app'
const SQLITE = 'app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-x64.node'

/** The input and the output of packing. */
export interface Packing {
  /** The folder with Electron's own program. */
  readonly dist: string
  /** better-sqlite3 for this Electron, if it cannot load the checkout's. */
  readonly sqlite?: string
  readonly output: string
  /** Default: only the unpacked folder. */
  readonly targets?: readonly string[]
  /** Default: the checkout's version. */
  readonly version?: string
}

/**
 * Packs the app for Linux as a release does (electron-builder.yml). Returns the paths of the packages; `linux-unpacked` in the
 * output folder always contains the unpacked app. If the Electron is the older one for tests, a shim of the features that it
 * lacks is loaded before the app.
 */
export async function packApp({ dist, sqlite, output, targets = ['dir'], version }: Packing): Promise<string[]> {
  const isForTests = existsSync(join(dist, 'resources/default_app.asar/newer-electron.cjs'))
  const config: Configuration = {
    extends: join(ROOT, 'electron-builder.yml'),
    electronDist: dist,
    electronVersion: readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, ''),
    directories: { output },
    extraMetadata: {
      ...(version === undefined ? {} : { version }),
      ...(isForTests ? { main: 'newer-electron/packed.js' } : {}),
    },
    files: isForTests ? [{ from: HERE, to: 'newer-electron', filter: ['newer-electron.cjs', 'packed.js'] }] : [],
    // electron-builder would read this folder as an archive because of its name.
    afterExtract: ({ appOutDir }: AfterPackContext) =>
      rmSync(join(appOutDir, 'resources/default_app.asar'), { recursive: true, force: true }),
    afterPack: ({ appOutDir }: AfterPackContext) => {
      if (sqlite !== undefined) putInPlace(sqlite, join(appOutDir, 'resources', SQLITE))
    },
  }
  return build({ projectDir: ROOT, config, targets: Platform.LINUX.createTarget([...targets]), publish: 'never' })
}

/** Under Vitest, electron-builder makes hard links. Overwriting the file would change the checkout's, so this deletes it first. */
function putInPlace(file: string, place: string): void {
  rmSync(place)
  cpSync(file, place)
}
