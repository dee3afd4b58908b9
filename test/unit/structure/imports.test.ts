import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CRUISED = ['src-shared', 'src-main', 'src-renderer']

const reportSchema = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

/** One forbidden import per line: the file that holds it, its text, and the rule that must refuse it. */
const PLANTED: readonly [file: string, text: string, rule: string][] = [
  ['src-main/base/planted.ts', "import '../../src-shared/keys/scopes.ts'", 'base-knows-only-node'],
  ['src-main/base/host.ts', "import '../gateway/ports.ts'", 'host-knows-only-words'],
  ['src-main/listeners/planted.ts', "import '../upstreams/choice.ts'", 'rooms-do-not-import-one-another'],
  ['src-main/gateway/planted.ts', "import '../access/ports.ts'", 'rooms-do-not-import-one-another'],
  ['src-main/console-server/planted.ts', "import '../access/ports.ts'", 'console-server-knows-only-the-console'],
  ['src-main/gateway/planted-c.ts', "import './http1/answer-head.ts'", 'http-client-only-behind-its-seam'],
  ['src-main/gateway/http1/planted.ts', "import '../ports.ts'", 'http-client-knows-only-the-seam'],
  ['src-main/usage/planted.ts', "import type {} from '../store/planted-b.ts'", 'rooms-do-not-import-one-another'],
  [
    'src-main/console-api/planted.ts',
    "import type {} from '../app/create-app.ts'",
    'rooms-do-not-import-app-or-shells',
  ],
  ['src-main/store/planted-b.ts', "import '../headless/planted.ts'", 'rooms-do-not-import-app-or-shells'],
  ['src-main/app/planted.ts', "import '../desktop/planted.ts'", 'app-does-not-import-shells'],
  ['src-main/headless/planted.ts', "import '../desktop/planted.ts'", 'shells-do-not-import-one-another'],
  ['src-main/desktop/planted.ts', "import '../headless/planted-b.ts'", 'shells-do-not-import-one-another'],
  ['src-shared/planted.ts', "import 'node:path'", 'shared-is-pure'],
  ['src-shared/planted-b.ts', "import '../src-main/base/log.ts'", 'shared-is-pure'],
  ['src-renderer/planted.ts', "import type {} from '../src-main/base/host.ts'", 'renderer-knows-only-shared'],
  ['src-renderer/planted-b.ts', "import 'node:fs'", 'renderer-uses-no-node'],
  ['src-main/access/planted.ts', "import 'electron'", 'electron-only-in-desktop'],
  ['src-main/app/planted-b.ts', "import 'electron-store'", 'electron-only-in-desktop'],
  ['src-main/gateway/planted-b.ts', "import 'better-sqlite3'", 'database-only-in-store'],
  ['src-main/store/sqlite/planted.ts', "import 'pg'", 'shared-database-only-in-its-store'],
  ['src-main/usage/planted-b.ts', "import '../../test/planted.ts'", 'product-does-not-import-tests-or-tools'],
  ['src-main/usage/planted-e.ts', "import 'undici'", 'product-uses-only-dependencies'],
  ['src-shared/planted-c.ts', "import './planted-d.ts'", 'no-cycles'],
  ['src-main/usage/planted-c.ts', 'export const nobodyWantsMe = true', 'no-orphans'],
  ['src-main/usage/planted-d.ts', "import './there-is-no-such-file.ts'", 'imports-resolve'],
]
const HELPERS: readonly [file: string, text: string][] = [
  ['src-main/headless/planted-b.ts', "export {} from '../../src-shared/keys/scopes.ts'"],
  ['src-shared/planted-d.ts', "import './planted-c.ts'"],
  ['test/planted.ts', 'export {}'],
]

describe('the rules of who may import whom', () => {
  let copy: TempDir
  let found: string[]

  beforeAll(async () => {
    copy = await createTempDir()
    await copySources(copy.path)
    for (const [file, text] of [...PLANTED, ...HELPERS]) await plant(join(copy.path, file), text)
    const { violations } = await cruise(copy.path)
    found = violations.map(({ from, rule }) => `${rule.name}: ${from}`)
  })
  afterAll(() => copy.remove())

  it.each(PLANTED)('%s holding “%s” is refused by %s', (file, _text, rule) => {
    expect(found).toContain(`${rule}: ${file}`)
  })

  it('hold in the sources as they are, all of which were read', async () => {
    const { totalCruised, violations } = await cruise(ROOT)
    expect(violations.map(({ from, rule }) => `${rule.name}: ${from}`)).toEqual([])
    expect(totalCruised).toBeGreaterThan(100)
  })
})

async function copySources(to: string): Promise<void> {
  for (const part of [...CRUISED, 'package.json', 'tsconfig.base.json', 'build']) {
    await cp(join(ROOT, part), join(to, part), { recursive: true })
  }
  await symlink(join(ROOT, 'node_modules'), join(to, 'node_modules'), 'junction')
}

async function plant(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${text}\n`)
}

async function cruise(cwd: string): Promise<z.infer<typeof reportSchema>['summary']> {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [program, '--config', 'build/config/dependency-cruiser.config.mjs', '--output-type', 'json', ...CRUISED]
  const output = await new Promise<string>((resolve, reject) => {
    // It ends with the number of violations as exit code: only its output counts.
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      stdout === '' ? reject(error ?? new Error('no report')) : resolve(stdout),
    )
  })
  return reportSchema.parse(JSON.parse(output)).summary
}
