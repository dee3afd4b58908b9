import { createPublicKey, X509Certificate } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { PersonError } from '#shared/text/person-error.ts'
import { factsOf } from '../../../src-main/listeners/tls/served-certificate.ts'
import { DAY_MS, file, folder, inOwnFolder, judge, NOW, newWorld, opened, path } from './authority-world.ts'

inOwnFolder()

describe('on first use', () => {
  test('an authority for ten years and a certificate for ninety days are made, and only their owner can read the keys', async () => {
    const source = await opened(newWorld())
    const authority = source.authority()
    expect(authority?.subject).toMatch(/^Latchkey on kitchen-pc \(2026-[0-9a-f]{4}\)$/)
    expect(authority?.createdAt).toBe(NOW)
    expect(authority?.notAfter).toBe(Date.UTC(2036, 10, 30))
    expect(source.served?.facts.names).toEqual(['kitchen-pc.local', 'kitchen-pc', '192.168.1.5', 'fd00::2'])
    expect(source.served?.facts.notAfter).toBe(NOW + 90 * DAY_MS)
    expect(source.problem).toBeNull()
    const names = (await readdir(folder())).map((name) => file(name))
    for (const one of [...names, path('lan-authority')])
      expect([one, (await stat(one)).mode & 0o777]).toEqual([one, 0o600])
    expect(await judge(source.certificate() ?? '', source.served?.cert ?? '', '-no_check_time')).toBe('OK')
  })

  test('a computer without a clock waits for the time', async () => {
    const world = newWorld({ now: 86_400_000 })
    const source = await opened(world)
    expect([source.served, source.problem?.code]).toEqual([null, 'lan_clock_wrong'])
    expect(source.authority()).toBeNull()
    world.now = NOW
    await source.look()
    expect([source.problem, source.served?.facts.notAfter]).toEqual([null, NOW + 90 * DAY_MS])
  })

  test('a second start serves the same certificate without asking the keyring', async () => {
    const world = newWorld()
    const first = await opened(world)
    const asked: string[] = []
    const locked = {
      read: async () => (asked.push('read'), null),
      write: async () => void asked.push('write'),
      weakness: () => null,
    }
    const second = await opened({ ...world, vault: locked })
    expect(second.served?.facts).toEqual(first.served?.facts)
    expect(second.served?.key).toBe(first.served?.key)
    expect(asked).toEqual([])
  })
})

describe('a certificate is renewed', () => {
  test('when a third of its time is left, and not before', async () => {
    const world = newWorld()
    const source = await opened(world)
    const first = source.served
    world.now = NOW + 59 * DAY_MS
    await source.look()
    expect(source.served).toBe(first)
    world.now = NOW + 61 * DAY_MS
    await source.look()
    expect(source.served?.facts.notAfter).toBe(NOW + 151 * DAY_MS)
    expect(source.served?.authority).toBe(first?.authority)
  })

  test('when the clock was wrong and is right again, in both directions', async () => {
    const world = newWorld()
    const source = await opened(world)
    world.now = NOW + 200 * DAY_MS
    await source.look()
    expect(source.served?.facts.notBefore).toBe(NOW + 199 * DAY_MS)
    world.now = NOW + 10 * DAY_MS
    await source.look()
    expect(source.served?.facts.notBefore).toBe(NOW + 9 * DAY_MS)
    // Before the authority there is nothing to sign with, and the problem says which day the clock shows.
    world.now = NOW - 5 * DAY_MS
    await source.look()
    expect(source.problem).toMatchObject({ code: 'lan_clock_wrong', parts: { day: '2026-11-25' } })
    world.now = NOW
    await source.look()
    expect(source.problem).toBeNull()
  })

  test('when an address is added, and not when one goes', async () => {
    const world = newWorld()
    const source = await opened(world)
    const first = source.served
    world.addresses = ['192.168.1.5']
    await source.look()
    expect(source.served).toBe(first)
    world.addresses = ['192.168.1.5', '10.0.0.7', '203.0.113.9', '2001:db8::1']
    await source.look()
    expect(source.served?.facts.names).toEqual(['kitchen-pc.local', 'kitchen-pc', '192.168.1.5', '10.0.0.7'])
  })

  test('a computer called like a top-level domain has only its name in .local', async () => {
    const world = newWorld()
    world.system = 'App'
    const source = await opened(world)
    expect(source.problem).toBeNull()
    expect(source.served?.facts.names).toEqual(['app.local', '192.168.1.5', 'fd00::2'])
  })

  test('when the computer is renamed: the authority signs only the name in .local', async () => {
    const world = newWorld()
    const source = await opened(world)
    world.system = 'Study'
    await source.look()
    expect(source.served?.facts.names).toEqual(['study.local', '192.168.1.5', 'fd00::2'])
    expect(await judge(source.certificate() ?? '', source.served?.cert ?? '', '-no_check_time')).toBe('OK')
  })

  test('until the authority ends, and then a problem says so', async () => {
    const world = newWorld()
    const source = await opened(world)
    const end = source.authority()?.notAfter ?? 0
    world.now = end - 40 * DAY_MS
    await source.look()
    expect(source.served?.facts.notAfter).toBe(end)
    const last = source.served
    world.now = end - DAY_MS
    await source.look()
    expect(source.served).toBe(last)
    world.now = end + DAY_MS
    await source.look()
    expect(source.problem).toMatchObject({ code: 'lan_authority_expired', parts: { day: '2036-11-30' } })
    await source.replace()
    expect([source.problem, (source.served?.facts.notAfter ?? 0) > end]).toEqual([null, true])
  })
})

describe('replaced', () => {
  test('the old key is gone from every file, and the new one signs', async () => {
    const world = newWorld()
    const source = await opened(world)
    const [before, old] = [source.authority(), await world.vault.read()]
    await source.replace()
    expect(source.authority()?.fingerprint).not.toBe(before?.fingerprint)
    expect(source.served?.authority).toBe(source.authority()?.fingerprint)
    expect(await judge(source.certificate() ?? '', source.served?.cert ?? '', '-no_check_time')).toBe('OK')
    const oldKey = (JSON.parse(old ?? '{}') as { key: string }).key
    const all = await Promise.all([
      ...(await readdir(folder())).map((name) => readFile(file(name), 'utf8')),
      world.vault.read(),
    ])
    expect(all.join('\n')).not.toContain(oldKey.split('\n')[1])
    expect(JSON.stringify(all)).not.toContain(JSON.stringify(oldKey).slice(1, -1))
  })

  test('not if it cannot be stored: then the old one stays', async () => {
    const world = newWorld()
    const source = await opened(world)
    const before = source.authority()
    await rm(folder(), { recursive: true })
    await writeFile(folder(), 'in the way')
    world.vault.write = () => Promise.reject(new Error('locked'))
    await expect(source.replace()).rejects.toBeInstanceOf(PersonError)
    await rm(folder())
    expect(source.served?.authority).toBe(before?.fingerprint)
  })
})

test('the served certificate is that of the served key, with its chain', async () => {
  const source = await opened(newWorld())
  const { cert = '', key = '' } = source.served ?? {}
  const [leaf = '', authority = ''] = cert.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  const spki = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'pem' })
  expect(new X509Certificate(leaf).publicKey.export({ type: 'spki', format: 'pem' })).toBe(spki(key))
  expect(factsOf(authority).fingerprint).toBe(source.authority()?.fingerprint)
})
