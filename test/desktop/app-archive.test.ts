import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Configuration, Platform } from 'electron-builder'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { ensureBuilt } from '../../build/scripts/building/built.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'))
const asar = ofElectronBuilder('@electron/asar') as {
  listPackage(archive: string, options: object): string[]
  extractAll(archive: string, directory: string): void
}

let temp: TempDir
let resources: string
let files: string[]

// The real app.asar. Electron's program around it is a stand-in, because it cannot be downloaded here; it is not run,
// and has no fuses to be set.
const reason = process.platform === 'linux' ? undefined : 'the archive is packed and started for Linux'

beforeAll(async () => {
  if (reason !== undefined) return
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
})
beforeEach((context) => context.skip(reason !== undefined, reason))
afterAll(() => temp?.remove())

test.each([
  '/dist/main/desktop.js',
  '/dist/main/chunks/checkpoint-thread.js',
  '/dist/preload/preload.cjs',
  '/dist/renderer/index.html',
  '/package.json',
])('%s is in the archive', (path) => {
  expect(files).toContain(path)
})

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

test('beside the archive lies the database’s library for this platform, and nothing else', () => {
  const beside = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true })
  expect(beside.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([`linux-${process.arch}.node`])
})

// The parsers of configuration files, which keep comments, are 0.6 MB of it, and the library that signs certificates 0.4 MB.
test('without Electron the app weighs less than 8 MB', () => {
  expect(statSync(join(resources, 'app.asar')).size).toBeLessThan(8_000_000)
})

test('the updater finds its configuration, without which it loads nothing', () => {
  expect(readFileSync(join(resources, 'app-update.yml'), 'utf8')).toContain('updaterCacheDirName: latchkey-updater')
})

test('the packed app starts headless and answers', async () => {
  const unpacked = join(temp.path, 'unpacked')
  asar.extractAll(join(resources, 'app.asar'), unpacked)
  const serve = await startServe({ main: join(unpacked, 'dist/main/latchkey.js') })
  onTestFinished(async () => void (await serve.stop()))
  const health = await fetch(`${serve.gateway}/healthz`)
  expect(await health.json()).toEqual({ gateway: 'up', upstream: 'up' })
  expect(await (await fetch(serve.console)).text()).toContain('<title>')
})

test('the packed app finds its thread, which copies a long log into the file', async () => {
  const unpacked = join(temp.path, 'unpacked-thread')
  asar.extractAll(join(resources, 'app.asar'), unpacked)
  const serve = await startServe({ main: join(unpacked, 'dist/main/latchkey.js') })
  onTestFinished(async () => void (await serve.stop()))
  const file = join(serve.dataDir, 'latchkey.db')
  const setup = await serve.call('GET /api/setup', {})
  const site = {
    status: 'allowed',
    decidedBy: 'person',
    firstSeenAt: 1,
    lastSeenAt: 1,
    requests: 0,
    refused: 0,
  } as const
  const label = 'a'.repeat(80)
  const origins = Array.from({ length: 50_000 }, (_, n) => ({ ...site, label, origin: `https://site-${n}.example` }))
  await serve.call('POST /api/setup', { ...setup, origins })
  expect(statSync(file).size).toBeLessThan(1_000_000)
  const { secret } = await serve.createKey()
  await (await fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })).text()
  // The file only grows. SQLite's own count starts at 0 again with the first write after a complete copy.
  await vi.waitFor(() => expect(statSync(file).size).toBeGreaterThan(8_000_000), { timeout: PATIENCE_MS })
  expect(serve.stderr()).not.toContain('could not be copied')
})
