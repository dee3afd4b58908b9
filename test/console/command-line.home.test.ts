import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PATIENCE_MS } from '../support/patience.ts'
import { MAIN } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const NOBODY = { uid: 54_321, gid: 54_321 }
const ROOT = process.getuid?.() === 0

/** Runs a command where and as whom the test says, with nothing of this shell's environment. */
function run(env: Record<string, string>, args: string[], user: { uid?: number; gid?: number } = {}) {
  const options = {
    cwd: dir.path,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { ...options, ...user })
  return { status, stdout, stderr }
}

describe.skipIf(process.platform === 'win32')('without a home folder', () => {
  test.each([
    ['that is empty', ''],
    ['that is relative', 'relative'],
    ['that is not there', '/nowhere/at/all'],
    ['that is a file', process.execPath],
    ['that is no place for files', '/proc/self'],
  ])('a HOME %s ends each command with a sentence, and makes no keys anywhere', async (_name, home) => {
    for (const command of [['key', 'list'], ['serve', '--no-open'], ['doctor']]) {
      const { status, stdout, stderr } = run({ HOME: home }, command)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^[^\n]*--data-dir[^\n]*\n$/)
    }
    expect(await readdir(dir.path)).toEqual([])
  })

  test('the help and a command with --data-dir work without one', async () => {
    expect(run({ HOME: '' }, ['key', 'list', '--help']).status).toBe(0)
    expect(run({ HOME: '' }, ['key', 'list', '--data-dir', join(dir.path, 'keys')]).status).toBe(0)
    expect(await readdir(dir.path)).toEqual(['keys'])
  })

  test.skipIf(!ROOT)(
    'a user without an entry in the system gets the sentence, and all they ask for elsewhere',
    async () => {
      await chmod(dir.path, 0o777)
      const { status, stderr } = run({}, ['key', 'list'], NOBODY)
      expect([status, stderr]).toEqual([1, expect.stringContaining('This user has no home folder')])
      const keys = ['--data-dir', join(dir.path, 'keys')]
      expect(run({}, ['doctor', '--diagnostics', ...keys], NOBODY)).toMatchObject({ status: 0, stderr: '' })
    },
  )

  test.skipIf(!ROOT)('a home that may not be written in is named', async () => {
    await chmod(dir.path, 0o777)
    const home = join(dir.path, 'home')
    await mkdir(home, { mode: 0o755 })
    const { status, stderr } = run({ HOME: home }, ['key', 'list'], NOBODY)
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`Latchkey cannot create the data directory ${home}/.local/share/latchkey.`),
    ])
  })
})

test('a byte order mark in front of the settings changes nothing, and a change keeps the rest', async () => {
  await writeFile(join(dir.path, 'settings.json'), '\ufeff{"retentionDays":7}')
  const set = run({}, ['settings', 'set', 'theme', 'dark', '--data-dir', dir.path])
  expect(set).toMatchObject({ status: 0, stderr: '' })
  const { stdout } = run({}, ['settings', 'list', '--json', '--data-dir', dir.path])
  expect(JSON.parse(stdout)).toMatchObject({ retentionDays: 7, theme: 'dark' })
})
