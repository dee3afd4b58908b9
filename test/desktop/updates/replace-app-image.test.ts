import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceAppImage } from '../../../src-main/desktop/updates/replace-app-image.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const NEW = 'the newer version'
const HASH = createHash('sha512').update(NEW)
const sha512 = HASH.copy().digest('base64')

let temp: TempDir
let programs: string
let loaded: string
beforeEach(async () => {
  temp = await createTempDir()
  programs = join(temp.path, 'programs')
  await mkdir(programs)
  await mkdir(join(temp.path, 'cache'))
  loaded = join(temp.path, 'cache', 'Latchkey-9.9.9-linux-x64.AppImage')
  writeFileSync(loaded, NEW)
})
afterEach(() => temp.remove())

function running(name: string): string {
  const path = join(programs, name)
  writeFileSync(path, 'the version before')
  return path
}

test('a name that a person chose stays, and the file is the newer one, which can be started', async () => {
  const path = running('latchkey.AppImage')
  expect(await replaceAppImage({ running: path, loaded, sha512 })).toBe(path)
  expect(readFileSync(path, 'utf8')).toBe(NEW)
  expect(statSync(path).mode & 0o777).toBe(0o755)
  expect(readdirSync(programs)).toEqual(['latchkey.AppImage'])
  expect(readdirSync(join(temp.path, 'cache'))).toEqual([])
})

test('a name with a version in it follows the version', async () => {
  const placed = await replaceAppImage({ running: running('Latchkey-0.1.0-linux-x64.AppImage'), loaded, sha512 })
  expect(readdirSync(programs)).toEqual([basename(placed)])
  expect(basename(placed)).toBe('Latchkey-9.9.9-linux-x64.AppImage')
})

test('a link to the AppImage still leads to it', async () => {
  const path = running('latchkey.AppImage')
  const link = join(temp.path, 'link')
  symlinkSync(path, link)
  expect(await replaceAppImage({ running: link, loaded, sha512 })).toBe(path)
  expect(readFileSync(link, 'utf8')).toBe(NEW)
})

test('a hash in hex is one, too', async () => {
  const path = running('latchkey.AppImage')
  await replaceAppImage({ running: path, loaded, sha512: HASH.copy().digest('hex') })
  expect(readFileSync(path, 'utf8')).toBe(NEW)
})

test('a file that is not what was loaded is not put in place, and is gone', async () => {
  const path = running('latchkey.AppImage')
  writeFileSync(loaded, NEW.slice(0, 5))
  const refused = expect(replaceAppImage({ running: path, loaded, sha512 })).rejects
  await refused.toMatchObject({ code: 'ERR_CHECKSUM_MISMATCH' })
  expect(readFileSync(path, 'utf8')).toBe('the version before')
  expect(readdirSync(programs)).toEqual(['latchkey.AppImage'])
  expect(readdirSync(join(temp.path, 'cache'))).toEqual([])
})

test('a failed update leaves the running version unchanged and no other file', async () => {
  const path = running('latchkey.AppImage')
  // In the way of the rename: a folder has the name that the newer version is to have.
  await mkdir(join(programs, 'Latchkey-9.9.9-linux-x64.AppImage'))
  const versioned = running('Latchkey-0.1.0-linux-x64.AppImage')
  await expect(replaceAppImage({ running: versioned, loaded, sha512 })).rejects.toThrow()
  expect(readFileSync(versioned, 'utf8')).toBe('the version before')
  expect(readFileSync(path, 'utf8')).toBe('the version before')
  expect(readdirSync(programs).filter((name) => name.startsWith('.'))).toEqual([])
  expect(readFileSync(loaded, 'utf8')).toBe(NEW)
})

test('an AppImage that was moved away is said to be gone, and nothing is put anywhere', async () => {
  const gone = replaceAppImage({ running: join(programs, 'gone.AppImage'), loaded, sha512 })
  await expect(gone).rejects.toMatchObject({ code: 'ENOENT' })
  expect(readdirSync(programs)).toEqual([])
})
