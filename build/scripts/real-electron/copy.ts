import { spawnSync } from 'node:child_process'
import { chownSync, cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Runtime } from './runtime.ts'

/** The user who runs the copy. Not root. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** A copy of the checkout that contains the runtime, with folders that its user can write to. */
export interface Copy {
  readonly root: string
  readonly home: string
  readonly temp: string
  remove(): void
}

// The repository's history and what was packaged are not needed to run the app.
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'release'])

/**
 * Copies the checkout, so that its `node_modules` do not change. Files are hard links if the file system supports them; only
 * folders and replaced files are new. `user` will run the copy; undefined means the current user.
 */
export function makeCopy(checkout: string, runtime: Runtime, user: User | undefined): Copy {
  const base = mkdtempSync(join(tmpdir(), 'latchkey-desktop-'))
  const [root, home, temp] = [join(base, 'checkout'), join(base, 'home'), join(base, 'tmp')]
  for (const folder of [root, home, temp]) mkdirSync(folder)
  for (const name of readdirSync(checkout)) if (!LEFT_OUT.has(name)) link(join(checkout, name), join(root, name))
  putIn(runtime, root)
  // Vitest writes beside the libraries, and a build writes into `dist`. The caches belong to root, and Vitest makes new ones.
  for (const cache of globSync('node_modules/.vite*', { cwd: root }))
    rmSync(join(root, cache), { recursive: true, force: true })
  const written = [base, root, home, temp, join(root, 'node_modules'), join(root, 'dist')]
  if (user !== undefined) for (const folder of written) chownSync(folder, user.uid, user.gid)
  return { root, home, temp, remove: () => rmSync(base, { recursive: true, force: true }) }
}

function putIn({ dist, sqlite }: Runtime, root: string): void {
  const electron = join(root, 'node_modules/electron')
  rmSync(join(electron, 'dist'), { recursive: true, force: true })
  link(dist, join(electron, 'dist'))
  replace(join(electron, 'path.txt'), (file) => writeFileSync(file, 'electron'))
  replace(join(root, 'node_modules/better-sqlite3/prebuilds/linux-x64.node'), (file) => cpSync(sqlite, file))
}

/** Writing to a hard link would change the original too, so this deletes the link first. */
function replace(file: string, write: (file: string) => void): void {
  rmSync(file, { force: true })
  write(file)
}

function link(from: string, to: string): void {
  const linked = spawnSync('cp', ['--archive', '--link', from, to], { stdio: 'ignore' })
  if (linked.status === 0) return
  // Hard links cannot lead to another file system.
  rmSync(to, { recursive: true, force: true })
  const copied = spawnSync('cp', ['--archive', from, to], { stdio: ['ignore', 2, 2] })
  if (copied.status !== 0) throw new Error(`${from} could not be copied`)
}
