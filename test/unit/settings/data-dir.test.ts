import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultDataDir, prepareDataDir } from '../../../src-main/settings/data-dir.ts'
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
  expect(() => prepareDataDir(join(file, 'below'))).toThrow(
    /cannot create the data directory .*\. Choose another with --data-dir\.$/,
  )
})

test('a file in its place, and a folder that only the system makes, are said in a sentence at once', async () => {
  const file = join(dir.path, 'file')
  await writeFile(file, '')
  expect(() => prepareDataDir(file)).toThrow(/cannot create the data directory/)
  if (process.platform === 'linux')
    expect(() => prepareDataDir('/proc/here/latchkey')).toThrow(/cannot create the data directory/)
})

test.each([
  ['LATCHKEY_DATA_DIR wins', { LATCHKEY_DATA_DIR: '/data', HOME: '/nowhere' }, '/data'],
  ['an absolute XDG_DATA_HOME needs no home', { XDG_DATA_HOME: '/xdg', HOME: '' }, '/xdg/latchkey'],
  ['a relative XDG_DATA_HOME is ignored', { XDG_DATA_HOME: 'xdg', HOME: '/' }, '/.local/share/latchkey'],
  ['an empty XDG_DATA_HOME is ignored', { XDG_DATA_HOME: '', HOME: '/' }, '/.local/share/latchkey'],
])('%s', (_name, env, expected) => {
  expect(defaultDataDir(env, 'linux')).toBe(expected)
})

test.each([
  ['an empty home', { HOME: '' }, 'This user has no home folder'],
  ['a relative home', { HOME: 'home' }, 'home is not a home folder'],
  ['a home that is not there', { HOME: '/nowhere/at/all' }, '/nowhere/at/all is not a home folder'],
  ['a home that is a file', { HOME: process.execPath }, 'is not a home folder'],
  ['a relative LATCHKEY_DATA_DIR', { LATCHKEY_DATA_DIR: '~/keys' }, 'LATCHKEY_DATA_DIR must be an absolute path'],
])('%s is said in a sentence, on every system', (_name, env, words) => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(() => defaultDataDir(env, platform)).toThrow(
      expect.objectContaining({ code: 'data_dir', message: expect.stringContaining(words) as unknown }),
    )
  }
})
