import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireInstanceLock } from '../../src-main/store/sqlite/instance-lock.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

test('a second lock on the same directory is refused until the first is released', () => {
  const first = acquireInstanceLock(dir.path)
  expect(first).toBeDefined()
  expect(acquireInstanceLock(dir.path)).toBeUndefined()
  first?.release()
  const again = acquireInstanceLock(dir.path)
  expect(again).toBeDefined()
  again?.release()
})

test('a process that is killed leaves no lock behind', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-lock.child.ts'), dir.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  expect(String(line)).toBe('locked\n')
  expect(acquireInstanceLock(dir.path)).toBeUndefined()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = acquireInstanceLock(dir.path)
  expect(lock).toBeDefined()
  lock?.release()
})

test('a directory that cannot be made is refused with a sentence', () => {
  writeFileSync(join(dir.path, 'file'), '')
  expect(() => acquireInstanceLock(join(dir.path, 'file', 'data'))).toThrow(
    expect.objectContaining({ name: 'PersonError', code: 'store_not_writable' }),
  )
})

test.skipIf(process.platform === 'win32')('the lock file belongs to its owner alone', () => {
  const lock = acquireInstanceLock(dir.path)
  expect(statSync(join(dir.path, 'latchkey.lock')).mode & 0o777).toBe(0o600)
  lock?.release()
})
