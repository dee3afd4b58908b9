import { execFileSync } from 'node:child_process'
import { chmod, chown, link, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HandoverAppId } from '#shared/handover/apps.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { connect, type StartedHome, startHome } from './handover-golden.ts'

let at: StartedHome
let elsewhere: TempDir
beforeEach(async () => {
  at = await startHome()
  elsewhere = await createTempDir()
})
afterEach(async () => {
  await at.stop()
  await elsewhere.remove()
})

const codex = (...names: string[]) => join(at.home, '.codex', ...names)
const isRoot = process.getuid?.() === 0

/** Tries to connect: nothing may change, and no key may be there. Resolves to the code of the refusal. */
async function refusedCode(app: HandoverAppId = 'codex'): Promise<string> {
  const before = await at.everything()
  const code = await codeOf(connect(at.started, app, ['llama3.2']))
  expect(await at.everything()).toEqual(before)
  expect(await at.started.call('GET /api/keys', {})).toEqual([])
  return code
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const message = await call.then(
    () => 'done',
    (error: Error) => error.message,
  )
  return /"code":"(\w+)"/.exec(message)?.[1] ?? message
}

describe('a file that Latchkey does not change', () => {
  beforeEach(() => mkdir(codex()))

  it.each([
    ['is not of its format', 'model = \n', 'handover_not_parsed'],
    ['is not UTF-8', Buffer.from([0x61, 0x3d, 0x31, 0x0a, 0xff, 0xfe]), 'handover_not_parsed'],
    ['has something else where the provider goes', 'model_providers = 3\n', 'handover_unexpected'],
    ['has a list where the provider goes', '[[model_providers]]\nname = "x"\n', 'handover_unexpected'],
    ['is too large', `# ${'x'.repeat(1_048_576)}\n`, 'handover_too_large'],
  ])('%s', async (_, content, code) => {
    await writeFile(codex('config.toml'), content)
    expect(await refusedCode()).toBe(code)
  })

  it('is a folder', async () => {
    await mkdir(codex('config.toml'))
    expect(await refusedCode()).toBe('handover_not_plain')
  })

  it('is a pipe, which nobody waits for', async () => {
    execFileSync('mkfifo', [codex('config.toml')])
    expect(await refusedCode()).toBe('handover_not_plain')
  })

  it('has a second name', async () => {
    await writeFile(codex('config.toml'), 'a = 1\n')
    await link(codex('config.toml'), codex('other.toml'))
    expect(await refusedCode()).toBe('handover_not_plain')
  })

  it('is read-only, or its folder is', async () => {
    await writeFile(codex('config.toml'), 'a = 1\n', { mode: 0o400 })
    expect(await refusedCode()).toBe('handover_read_only')
    await chmod(codex('config.toml'), 0o600)
    await chmod(codex(), 0o500)
    expect(await refusedCode()).toBe('handover_read_only')
    await chmod(codex(), 0o700)
  })

  it('is a link out of the home folder', async () => {
    await writeFile(join(elsewhere.path, 'config.toml'), 'a = 1\n')
    await symlink(join(elsewhere.path, 'config.toml'), codex('config.toml'))
    expect(await refusedCode()).toBe('handover_outside')
    expect(await readFile(join(elsewhere.path, 'config.toml'), 'utf8')).toBe('a = 1\n')
  })

  it('is a link that leads nowhere', async () => {
    await symlink(join(elsewhere.path, 'none.toml'), codex('config.toml'))
    expect(await refusedCode()).toBe('handover_not_plain')
  })

  it('is a link to itself', async () => {
    await symlink(codex('config.toml'), codex('config.toml'))
    expect(await refusedCode()).toBe('handover_not_plain')
  })

  it('is in a folder that is a link out of the home folder', async () => {
    await rm(codex(), { recursive: true })
    await symlink(elsewhere.path, codex())
    expect(await refusedCode()).toBe('handover_outside')
  })

  it.runIf(isRoot)('belongs to somebody else', async () => {
    await writeFile(codex('config.toml'), 'a = 1\n')
    await chown(codex('config.toml'), 4242, 4242)
    expect(await refusedCode()).toBe('handover_not_owned')
    await chown(codex('config.toml'), 0, 0)
    await chown(codex(), 4242, 4242)
    expect(await refusedCode()).toBe('handover_not_owned')
  })

  it('would hide one that the app reads now', async () => {
    await at.write(join(at.home, '.continue', 'config.json'), '{}')
    expect(await refusedCode('continue')).toBe('handover_hides')
  })
})

it.runIf(isRoot)('a full disk leaves the file as it was, and takes the key back', async () => {
  await mkdir(codex())
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', codex()])
  try {
    // tmpfs counts pages: the last free one is taken.
    await writeFile(codex('config.toml'), 'a = 1\n')
    await writeFile(codex('fill'), Buffer.alloc(65_536)).catch(() => undefined)
    expect(await refusedCode()).toBe('handover_disk_full')
  } finally {
    execFileSync('umount', [codex()])
  }
})

describe('a folder that a variable names', () => {
  it.each([
    ['is missing', () => join(tmpdir(), 'there-is-none'), 'handover_outside'],
    ['is missing in the home folder', () => join(at.home, 'misspelt'), 'handover_no_folder'],
    ['is outside', () => elsewhere.path, 'handover_outside'],
  ])('is refused: it %s', async (_, folder, code) => {
    const { home } = at
    const { startApp } = await import('./started-app.ts')
    const started = await startApp({ env: { HOME: home, CODEX_HOME: folder() } })
    expect(await codeOf(connect(started, 'codex', ['llama3.2']))).toBe(code)
    await started.stop()
  })
})

describe('between what the person saw and the writing', () => {
  it('a change of the file is noticed', async () => {
    await at.write(codex('config.toml'), 'a = 1\n')
    const { seen } = await at.started.call('POST /api/handover/plan', { app: 'codex', models: ['m'] })
    await writeFile(codex('config.toml'), 'a = 2\n')
    const apply = at.started.call('POST /api/handover/apply', { app: 'codex', models: ['m'], seen })
    expect(await codeOf(apply)).toBe('handover_plan_old')
    expect(await at.everything()).toEqual({ [codex('config.toml')]: 'a = 2\n' })
    expect(await at.started.call('GET /api/keys', {})).toEqual([])
  })

  it('another choice of models is noticed', async () => {
    const { seen } = await at.started.call('POST /api/handover/plan', { app: 'codex', models: ['m'] })
    const apply = at.started.call('POST /api/handover/apply', { app: 'codex', models: ['n'], seen })
    expect(await codeOf(apply)).toBe('handover_plan_old')
    expect(await at.everything()).toEqual({})
  })
})

describe('an undo', () => {
  it('is refused if the file has changed since, and works once the copy is put back', async () => {
    await at.write(codex('config.toml'), 'a = 1 # mine\n')
    const { state, key } = await connect(at.started, 'codex')
    const written = await readFile(codex('config.toml'), 'utf8')
    await writeFile(codex('config.toml'), `${written}# more\n`)
    const [file] = state.files
    expect(await at.started.call('GET /api/handover', {})).toContainEqual({ ...state, state: 'changed' })
    const undo = () => at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
    const problem = await undo().catch((error: Error) => error.message)
    expect(problem).toContain('handover_edited')
    expect(problem).toContain(file?.backup)
    expect(await readFile(codex('config.toml'), 'utf8')).toBe(`${written}# more\n`)
    expect(await at.started.call('GET /api/keys', {})).toMatchObject([{ id: key.id }])

    await writeFile(codex('config.toml'), await readFile(file?.backup ?? ''))
    expect(await undo()).toMatchObject({ key, deleted: true, state: { state: 'none' } })
    expect(await readFile(codex('config.toml'), 'utf8')).toBe('a = 1 # mine\n')
    expect(await at.started.call('GET /api/keys', {})).toEqual([])
  })

  it('is refused if the copy is damaged', async () => {
    await at.write(codex('config.toml'), 'a = 1\n')
    const { state } = await connect(at.started, 'codex')
    const written = await at.everything()
    await writeFile(state.files[0]?.backup ?? '', 'a = 2\n')
    const undo = at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
    expect(await codeOf(undo)).toBe('handover_backup_damaged')
    expect(await at.everything()).toEqual(written)
  })

  it('of a file that Latchkey created is refused if it has changed since', async () => {
    await connect(at.started, 'codex')
    await writeFile(codex('config.toml'), 'a = 1\n')
    const undo = at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
    expect(await codeOf(undo)).toBe('handover_edited_new')
    expect(await readFile(codex('config.toml'), 'utf8')).toBe('a = 1\n')
  })

  it('is refused where nothing was written', async () => {
    const undo = at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
    expect(await codeOf(undo)).toBe('handover_not_connected')
  })

  it('of one of two files does not happen if the other has changed', async () => {
    const { state } = await connect(at.started, 'llm')
    const [models = '', keys = ''] = state.files.map(({ path }) => path)
    await writeFile(models, '[]\n')
    const before = await readFile(keys, 'utf8')
    const undo = at.started.call('POST /api/handover/undo', { app: 'llm', key: 'delete' })
    expect(await codeOf(undo)).toBe('handover_edited_new')
    expect(await readFile(keys, 'utf8')).toBe(before)
  })
})
