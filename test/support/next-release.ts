import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTempDir } from './temp-dir.ts'

export interface NextRelease {
  /** Its program, for `startServe`. */
  readonly main: string
  readonly version: string
  /** The version of its schema, one above this release's. */
  readonly schema: number
  remove(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What the main bundle is made of. */
const PARTS = [
  'src-main',
  'src-shared',
  'src-renderer/text',
  'build/config',
  'build/packaging/icons',
  'tsconfig.base.json',
]
const VERSION = '99.0.0'
const MIGRATIONS = 'src-main/store/postgres/migrations'

/**
 * Builds the release that comes after this one: the same sources with a higher version and one more migration, which adds a table
 * and a column that gateways of this release do not know.
 */
export async function buildNextRelease(): Promise<NextRelease> {
  const dir = await createTempDir()
  const root = dir.path
  for (const part of PARTS) await cp(join(ROOT, part), join(root, part), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  const description = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as object
  await writeFile(join(root, 'package.json'), JSON.stringify({ ...description, version: VERSION }))
  await cp(join(root, MIGRATIONS, 'all.ts'), join(root, MIGRATIONS, 'released.ts'))
  await writeFile(join(root, MIGRATIONS, 'all.ts'), NEXT_MIGRATIONS)
  await buildIn(root)
  const { MIGRATIONS: released } = await import('../../src-main/store/postgres/migrations/all.ts')
  return {
    main: join(root, 'dist/main/latchkey.js'),
    version: VERSION,
    schema: (released.at(-1)?.version ?? 0) + 1,
    remove: () => dir.remove(),
  }
}

/** In a process of its own: in a test's process the build would include the libraries' development builds. */
async function buildIn(root: string): Promise<void> {
  const args = ['build', '--config', 'build/config/vite.main.config.ts', '--logLevel', 'error']
  const env = { ...process.env, NODE_ENV: 'production' }
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [vite, ...args], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  const [status] = (await once(child, 'exit')) as [number | null]
  if (status !== 0) throw new Error('the next release could not be built')
}

const NEXT_MIGRATIONS = `import type { Migration } from './migrate.ts'
import { MIGRATIONS as RELEASED } from './released.ts'

const last = RELEASED.at(-1) as Migration
export const MIGRATIONS: readonly Migration[] = [
  ...RELEASED,
  {
    version: last.version + 1,
    readableFrom: last.readableFrom,
    sql: 'CREATE TABLE of_next_release (id int); ALTER TABLE keys ADD COLUMN of_next_release int NOT NULL DEFAULT 0',
  },
]
`
