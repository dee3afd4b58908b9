import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareDataDir } from '../../../src-main/app/data-dir.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

let dir: TempDir

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

test('a directory that is not there is made for this user only', async () => {
  const path = prepareDataDir(join(dir.path, 'new', 'latchkey'))
  expect((await stat(path)).mode & 0o777).toBe(0o700)
})

test.skipIf(process.platform === 'win32')('a directory in which everyone may write is refused', async () => {
  const open = join(dir.path, 'open')
  await mkdir(open)
  await chmod(open, 0o777)
  expect(() => prepareDataDir(open)).toThrow(/^Every user of this computer may write/)
})

test('a place where none can be made is said in a sentence', async () => {
  const file = join(dir.path, 'file')
  await writeFile(file, '')
  expect(() => prepareDataDir(join(file, 'below'))).toThrow(/cannot be made\. Choose another with --data-dir\.$/)
})
