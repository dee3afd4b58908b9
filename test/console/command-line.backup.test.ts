import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)
const json = <T = unknown[]>(...args: string[]) => jsonHere<T>(dir.path, ...args)

test('a backup is made, listed and put back: what came after it is gone, and the file before is kept', async () => {
  await json('key', 'create', '--name', 'Before')
  const { name } = await json<{ name: string }>('backup', 'create')
  await json('key', 'create', '--name', 'After')
  expect((await json<{ name: string }[]>('backup', 'list')).map((one) => one.name)).toEqual([name])
  const restored = await run('backup', 'restore', 'latest')
  expect(restored.code).toBe(0)
  expect(restored.stdout).toContain('Restored the backup.')
  const names = async () => (await json<{ name: string }[]>('key', 'list')).map((key) => key.name)
  expect(await names()).toEqual(['Before'])
  const [, undo] = /latchkey (backup restore \S+)/.exec(restored.stdout) ?? []
  expect(readdirSync(dir.path)).toContain(undo?.split(' ')[2])
  expect((await run(...(undo ?? '').split(' '))).code).toBe(0)
  expect((await names()).sort()).toEqual(['After', 'Before'])
  // A file that a restore replaced does not count as a newer backup.
  expect((await run('backup', 'restore', 'latest')).code).toBe(0)
  expect(await names()).toEqual(['Before'])
})

test('a backup that is damaged, or is not there, changes nothing', async () => {
  for (const wanted of ['latest', 'unknown.db']) {
    expect(await run('backup', 'restore', wanted)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No backups yet. Make one with: latchkey backup create\n',
    })
  }
  await json('key', 'create', '--name', 'Here')
  const { name } = await json<{ name: string }>('backup', 'create')
  writeFileSync(join(dir.path, 'backups', name), 'not a database')
  const damaged = await run('backup', 'restore', name)
  expect(damaged).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('damaged, so nothing was changed') as string,
  })
  expect(await run('backup', 'restore', '../latchkey.db', '--json')).toEqual({
    code: 1,
    stdout: '',
    stderr: `No backup is called ../latchkey.db. Choose one of these, newest first: ${name}.\n`,
  })
  expect(await json('key', 'list')).toHaveLength(1)
  expect(readdirSync(dir.path).filter((file) => file.includes('restor'))).toEqual([])
})

test('the last seven backups by hand are kept', async () => {
  for (let number = 0; number < 9; number++) await json('backup', 'create')
  expect(await json('backup', 'list')).toHaveLength(7)
})
