import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SOURCES = [
  'src-*/**/*.*',
  // The bundle contains the tray's pictures.
  'build/packaging/icons/tray/*.png',
  'build/scripts/{build,building/licences}.ts',
  'build/scripts/messages/*.ts',
  'build/config/vite.*.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
]
/** The file with the hash of the sources of dist/. */
const STAMP = new URL('../../../dist/.built', import.meta.url)
const LOCK = new URL('../../../dist/.lock/', import.meta.url)
const LOCK_DEADLINE_MS = 180_000

/**
 * Builds dist/ if the sources changed since the last build, and writes nothing to stdout. If several processes call it
 * at once, one builds and the others wait. Throws if the build fails, after its messages went to stderr.
 */
export async function ensureBuilt(): Promise<void> {
  if (isBuilt()) return
  const unlock = await lock()
  try {
    if (!isBuilt()) build()
  } finally {
    unlock()
  }
}

function isBuilt(): boolean {
  return readOrEmpty(STAMP) === hashOfSources()
}

function build(): void {
  const hash = hashOfSources()
  rmSync(STAMP, { force: true })
  const script = fileURLToPath(new URL('../build.ts', import.meta.url))
  // A separate process with its stdout on our stderr, so that output of plugins never mixes with a command's. In a
  // test's process the build would also include the libraries' development builds.
  const env = { ...process.env, NODE_ENV: 'production' }
  const { status } = spawnSync(process.execPath, [script, '--quiet'], { cwd: ROOT, env, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('Latchkey could not be built; the lines above say why.')
  writeFileSync(STAMP, hash)
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  // Each build makes the modules of the message files again.
  const paths = globSync(SOURCES, { cwd: ROOT }).filter((path) => !path.includes('/generated/'))
  for (const path of paths.sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(`${ROOT}${path}`))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * A directory with its creator's process id. Creating it is atomic, and a directory of an ended process is taken over.
 */
async function lock(): Promise<() => void> {
  const pidFile = new URL('pid', LOCK)
  mkdirSync(new URL('..', LOCK), { recursive: true })
  const deadline = Date.now() + LOCK_DEADLINE_MS
  while (!madeLock()) {
    const pid = Number(readOrEmpty(pidFile))
    if ((pid > 0 && !isAlive(pid)) || Date.now() > deadline) rmSync(LOCK, { recursive: true, force: true })
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
  writeFileSync(pidFile, String(process.pid))
  return () => rmSync(LOCK, { recursive: true, force: true })
}

function madeLock(): boolean {
  try {
    mkdirSync(LOCK)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readOrEmpty(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
