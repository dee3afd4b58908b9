import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { PersonError } from '#shared/text/person-error.ts'
import type { SecretVault } from '../../../src-main/base/host.ts'
import { makeAuthority } from '../../../src-main/listeners/authority/issue.ts'
import { DAY_MS, file, folder, inOwnFolder, judge, NOW, newWorld, opened, path, vaultFile } from './authority-world.ts'

inOwnFolder()

describe('damaged files', () => {
  test.each([
    [
      'half of the certificate',
      async () => writeFile(file('certificate.pem'), (await readFile(file('certificate.pem'), 'utf8')).slice(0, 700)),
    ],
    ['an empty certificate', () => writeFile(file('certificate.pem'), '')],
    ['no certificate', () => rm(file('certificate.pem'))],
    [
      'a foreign key',
      async () => {
        const other = await makeAuthority({ machine: 'kitchen-pc', now: NOW })
        const text = await readFile(file('certificate.pem'), 'utf8')
        await writeFile(file('certificate.pem'), text.replace(/-----BEGIN PRIVATE KEY[\s\S]+/, other.key))
      },
    ],
    ['no copy of the authority’s certificate', () => rm(file('authority.crt'))],
    ['a damaged copy of it', () => writeFile(file('authority.crt'), '-----BEGIN CERTIFICATE-----\nAAAA')],
  ])('%s: the same authority signs another', async (_name, damage) => {
    const world = newWorld()
    const before = (await opened(world)).authority()
    await damage()
    const source = await opened(world)
    expect(source.problem).toBeNull()
    expect(source.authority()).toEqual(before)
    expect(await judge(source.certificate() ?? '', source.served?.cert ?? '', '-no_check_time')).toBe('OK')
    expect(world.log).not.toContain('PRIVATE KEY')
  })

  test.each([
    ['half of the key', (text: string) => text.slice(0, 200)],
    ['nothing', () => ''],
    ['a key of another authority', (text: string) => text],
  ])('%s in the vault: what is there is served on, and nothing new is signed', async (name, damage) => {
    const world = newWorld()
    const before = (await opened(world)).served
    const other = name.startsWith('a key')
      ? JSON.stringify({
          ...(JSON.parse((await world.vault.read()) ?? '') as object),
          key: (await makeAuthority({ machine: 'kitchen-pc', now: NOW })).key,
        })
      : damage((await world.vault.read()) ?? '')
    await writeFile(path('lan-authority'), other)
    const source = await opened(world)
    expect([source.served?.facts, source.problem]).toEqual([before?.facts, null])
    world.now = NOW + 70 * DAY_MS
    await source.look()
    expect([source.served?.facts, source.problem?.code]).toEqual([before?.facts, 'lan_authority_damaged'])
    await source.replace()
    expect(source.problem).toBeNull()
  })

  test('a file that others could read is private again', async () => {
    const world = newWorld()
    await opened(world)
    for (const one of [file('certificate.pem'), path('lan-authority')]) await chmod(one, 0o644)
    await writeFile(file('authority.crt'), '')
    await opened(world)
    for (const one of [file('certificate.pem'), path('lan-authority')])
      expect([one, (await stat(one)).mode & 0o777]).toEqual([one, 0o600])
  })

  test('a folder that cannot be written is a problem with its path', async () => {
    await writeFile(folder(), 'in the way')
    const source = await opened(newWorld())
    expect(source.problem).toMatchObject({
      code: 'lan_not_written',
      parts: { path: expect.stringContaining('authority.crt') as unknown },
    })
  })
})

describe('the keyring of a desktop', () => {
  const closed = (): SecretVault => ({
    read: async () => null,
    write: () => Promise.reject(new PersonError('no_keyring', 'This keyring is closed.')),
    weakness: () => null,
  })

  test('that is closed: the key is in a private file, with a notice, until it is open', async () => {
    const world = newWorld({ vault: closed() })
    const source = await opened(world)
    expect(source.problem).toMatchObject({ code: 'lan_key_in_file', parts: { path: file('authority-key.json') } })
    expect((await stat(file('authority-key.json'))).mode & 0o777).toBe(0o600)
    const before = source.authority()
    world.now = NOW + 70 * DAY_MS
    await source.look()
    expect(source.served?.facts.notAfter).toBe(world.now + 90 * DAY_MS)
    const vault = vaultFile()
    const later = await opened({ ...world, vault, now: NOW + 140 * DAY_MS })
    expect([later.problem, later.authority()]).toEqual([null, before])
    expect(await vault.read()).toContain('PRIVATE KEY')
    expect(await readdir(folder())).not.toContain('authority-key.json')
  })

  test('that cannot be read is asked again only after a while', async () => {
    let asked = 0
    const locked: SecretVault = { ...closed(), read: () => Promise.reject(new Error(`locked ${++asked}`)) }
    const world = newWorld({ vault: locked })
    const source = await opened(world)
    for (let n = 0; n < 10; n++) await source.look()
    expect([asked, source.problem?.code]).toEqual([1, 'lan_authority_unreadable'])
    world.now += 11 * 60_000
    await source.look()
    expect(asked).toBe(2)
  })
})
