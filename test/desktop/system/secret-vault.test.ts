import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSecretVault } from '../../../src-main/desktop/system/secret-vault.ts'
import { isPrivateFile } from '../../support/private-file.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'
import { becomeDesktopProcess } from '../support/desktop-process.ts'

const { electron, world } = becomeDesktopProcess()
let temp: TempDir
let path: string
beforeEach(async () => {
  temp = await createTempDir()
  path = join(temp.path, 'upstream-key.encrypted')
  Object.assign(world.keyring, { isOpen: true, name: 'one', formerName: undefined, backend: 'gnome_libsecret' })
})
afterEach(() => temp.remove())

const vault = (platform: NodeJS.Platform = 'linux') =>
  openSecretVault({ name: 'upstream-key', dataDir: temp.path, platform, safeStorage: electron.safeStorage })

test('a written secret can be read, and its file is encrypted and private', async () => {
  await vault().write('a-secret')
  expect(await vault().read()).toBe('a-secret')
  expect(isPrivateFile(path)).toBe(true)
  expect(readFileSync(path, 'utf8')).not.toContain('a-secret')
})

test('null takes it away, also when there is none', async () => {
  await vault().write('a-secret')
  await vault().write(null)
  await vault().write(null)
  expect(existsSync(path)).toBe(false)
  expect(await vault().read()).toBeNull()
})

test('each secret has a file of its own', async () => {
  const authority = openSecretVault({
    name: 'lan-authority',
    dataDir: temp.path,
    platform: 'linux',
    safeStorage: electron.safeStorage,
  })
  await vault().write('a-secret')
  await authority.write('another')
  await vault().write(null)
  expect([await vault().read(), await authority.read()]).toEqual([null, 'another'])
  expect(isPrivateFile(join(temp.path, 'lan-authority.encrypted'))).toBe(true)
})

test('a keyring that is not open keeps nothing, and says what to do', async () => {
  world.keyring.isOpen = false
  await expect(vault('darwin').write('a-secret')).rejects.toThrow('unlock it')
  expect(existsSync(path)).toBe(false)
})

test('where no keyring answers on Linux, the sentence names what to install', async () => {
  world.keyring.isOpen = false
  await expect(vault('linux').write('a-secret')).rejects.toThrow('the package gnome-keyring')
})

test('a secret of another keyring cannot be read, and the error says so', async () => {
  await vault().write('a-secret')
  world.keyring.name = 'another'
  await expect(vault().read()).rejects.toThrow('set it again')
})

test('a secret under a former key of the keyring is read and encrypted again', async () => {
  await vault().write('a-secret')
  Object.assign(world.keyring, { name: 'two', formerName: 'one' })
  expect(await vault().read()).toBe('a-secret')
  world.keyring.formerName = undefined
  expect(await vault().read()).toBe('a-secret')
})

test.each([
  ['linux', 'basic_text', true],
  ['linux', 'gnome_libsecret', false],
  ['linux', 'kwallet6', false],
  ['win32', 'unknown', false],
] as const)('on %s with %s there is a warning: %s', (platform, backend, warns) => {
  world.keyring.backend = backend
  expect(vault(platform).weakness()?.message.includes('almost no protection') ?? false).toBe(warns)
})
