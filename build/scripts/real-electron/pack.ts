import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AfterPackContext, build, type Configuration, Platform } from 'electron-builder'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const HERE = 'build/scripts/real-electron/default-app'
const SQLITE = 'app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-x64.node'

/** What is packed, and where to. */
export interface Packing {
  /** The folder with Electron's own program. */
  readonly dist: string
  /** better-sqlite3 for this Electron, where that of the checkout does not fit. */
  readonly sqlite?: string
  readonly output: string
  /** Default: a folder that is not packed into one file. */
  readonly targets?: readonly string[]
  /** Default: the version that the checkout has. */
  readonly version?: string
}

/**
 * Packs the app as a release is packed (electron-builder.yml), for Linux, and returns the files of the packages; the folder
 * is always `linux-unpacked` in the output. An Electron for tests gets in front of the app what it lacks.
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
    // electron-builder takes it for an archive, and it is none.
    afterExtract: ({ appOutDir }: AfterPackContext) =>
      rmSync(join(appOutDir, 'resources/default_app.asar'), { recursive: true, force: true }),
    afterPack: ({ appOutDir }: AfterPackContext) => {
      if (sqlite !== undefined) putInPlace(sqlite, join(appOutDir, 'resources', SQLITE))
    },
  }
  return build({ projectDir: ROOT, config, targets: Platform.LINUX.createTarget([...targets]), publish: 'never' })
}

/** Under Vitest electron-builder makes hard links: the file that is replaced may be the checkout's own. */
function putInPlace(file: string, place: string): void {
  rmSync(place)
  cpSync(file, place)
}
