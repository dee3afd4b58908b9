import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { settingsSchema } from '#shared/settings/settings.ts'
import { openSettingsFile } from '../../../src-main/headless/settings-file.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

let dir: TempDir

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

test('a written value can be read, and only this user can read the file', async () => {
  const file = openSettingsFile(dir.path)
  const settings = settingsSchema.parse({ gatewayPort: 12_345 })
  await file.write(settings)
  expect(openSettingsFile(dir.path).read()).toEqual(settings)
  expect((await stat(file.path)).mode & 0o777).toBe(0o600)
})

test('reading makes no file', () => {
  const file = openSettingsFile(dir.path)
  expect(file.read()).toBeUndefined()
  expect(existsSync(file.path)).toBe(false)
})

test('a byte order mark in front, as editors on Windows write it, is no damage', async () => {
  const file = openSettingsFile(dir.path)
  await writeFile(file.path, '\ufeff{"gatewayPort":12345}\n')
  expect(file.read()).toEqual({ gatewayPort: 12_345 })
  await file.write(settingsSchema.parse({ gatewayPort: 12_346 }))
  expect(file.read()).toMatchObject({ gatewayPort: 12_346 })
})

test.each(['', '\ufeff', '\ufeff\ufeff{}', '{"gatewayPort":', '[]', 'null', '"text"'])(
  'a damaged file (%j) throws and stays as it is',
  async (text) => {
    const file = openSettingsFile(dir.path)
    await writeFile(file.path, text)
    expect(() => file.read()).toThrow(SyntaxError)
    await expect(file.write(settingsSchema.parse({}))).rejects.toThrow(SyntaxError)
    expect(await readFile(file.path, 'utf8')).toBe(text)
  },
)
