import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packApp } from '../../build/scripts/real-electron/pack.ts'
import { prepareRuntime } from '../../build/scripts/real-electron/runtime.ts'

/** The same for all files of tests, which run one after another: it goes with the throw-away system. */
const FOLDER = '/latchkey-packages'
const LIST = join(FOLDER, 'list.json')
const FPM = join(import.meta.dirname, '../../build/packaging/fpm')

export const OLDER_VERSION = '0.0.9'

/** Packages by electron-builder's own targets, and the folder that is in each of them. */
export interface MadePackages {
  readonly olderDeb: string
  readonly deb: string
  readonly rpm: string
  readonly archive: string
  readonly unpacked: string
}

/** Makes them by the first call. They are not compressed, which would take most of the time. */
export async function makePackages(): Promise<MadePackages> {
  if (existsSync(LIST)) return JSON.parse(readFileSync(LIST, 'utf8')) as MadePackages
  Object.assign(process.env, toolsWithoutCompression())
  const packing = { ...(await prepareRuntime()), output: FOLDER }
  const [olderDeb = ''] = await packApp({ ...packing, targets: ['deb'], version: OLDER_VERSION })
  const files = await packApp({ ...packing, targets: ['deb', 'rpm', 'tar.gz'] })
  const ending = (name: string) => files.find((file) => file.endsWith(name)) ?? ''
  const made: MadePackages = {
    olderDeb,
    deb: ending('.deb'),
    rpm: ending('.rpm'),
    archive: ending('.tar.gz'),
    unpacked: join(FOLDER, 'linux-unpacked'),
  }
  writeFileSync(LIST, JSON.stringify(made))
  return made
}

/** Variables of electron-builder. The last of duplicates counts. */
function toolsWithoutCompression(): Record<string, string> {
  const fpm = join(FOLDER, 'fpm')
  mkdirSync(FOLDER)
  writeFileSync(fpm, `#!/bin/sh\nexec '${FPM}' "$@" --deb-compression none --rpm-compression none\n`, { mode: 0o755 })
  const archives = { ELECTRON_BUILDER_7ZIP_PATH: '/usr/bin/7za', ELECTRON_BUILDER_COMPRESSION_LEVEL: '0' }
  return { CUSTOM_FPM_PATH: fpm, ...archives }
}
