import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Configuration, Platform } from 'electron-builder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../build/built.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'))
const asar = ofElectronBuilder('@electron/asar') as { listPackage(archive: string, options: object): string[] }

let temp: TempDir
let resources: string
let files: string[]

// The real app.asar. Electron's program around it is a stand-in, because it cannot be downloaded here; it is not run,
// and has no fuses to be set.
beforeAll(async () => {
  await ensureBuilt()
  temp = await createTempDir()
  const electronDist = join(temp.path, 'electron')
  mkdirSync(join(electronDist, 'locales'), { recursive: true })
  writeFileSync(join(electronDist, 'electron'), '')
  writeFileSync(join(electronDist, 'locales/en-US.pak'), '')
  const read = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')
  const withoutFuses = read.replace(/^electronFuses:\n(?: .*\n)+/m, '')
  expect(withoutFuses).not.toBe(read)
  const configFile = join(temp.path, 'electron-builder.yml')
  writeFileSync(configFile, withoutFuses)
  const config: Configuration = { extends: configFile, electronDist, directories: { output: join(temp.path, 'out') } }
  await build({ projectDir: ROOT, config, targets: Platform.LINUX.createTarget('dir') })
  resources = join(temp.path, 'out/linux-unpacked/resources')
  files = asar.listPackage(join(resources, 'app.asar'), {}).map((path) => path.replaceAll('\\', '/'))
}, 120_000)
afterAll(() => temp.remove())

test.each(['/dist/main/desktop.js', '/dist/preload/preload.cjs', '/dist/renderer/index.html', '/package.json'])(
  '%s is in the archive',
  (path) => {
    expect(files).toContain(path)
  },
)

test('nothing else is: no source, no test, no package but better-sqlite3', () => {
  const tops = new Set(files.map((path) => path.split('/').slice(1, 3).join('/')))
  expect([...tops].sort()).toEqual(
    [
      'dist',
      'dist/main',
      'dist/preload',
      'dist/renderer',
      'node_modules',
      'node_modules/better-sqlite3',
      'package.json',
    ].sort(),
  )
  expect(files.filter((path) => /better-sqlite3\/(?:deps|src|build)/.test(path))).toEqual([])
})

test('the database library lies beside the archive, for this platform only', () => {
  const prebuilds = 'node_modules/better-sqlite3/prebuilds'
  expect(existsSync(join(resources, 'app.asar.unpacked', prebuilds, 'linux-x64.node'))).toBe(true)
  expect(files.filter((path) => /(?:darwin|win32)-.*\.node$/.test(path))).toEqual([])
})
