import { scryptSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { PASSWORD_COST, PasswordHashes } from '../../../src-main/people/credentials/password-hash.ts'

const quick = () => new PasswordHashes({ ln: 10, r: 8, p: 1 })

test('a hash is a PHC string of scrypt, which others can check', async () => {
  const stored = await quick().create('green tea at noon')
  const [, , cost, salt = '', hash] = stored.split('$')
  expect(cost).toBe('ln=10,r=8,p=1')
  const same = scryptSync('green tea at noon', Buffer.from(salt, 'base64'), 32, { N: 1024, r: 8, p: 1 })
  expect(same.toString('base64')).toBe(`${hash}=`)
})

test('a hash of another cost still matches', async () => {
  const stored = await new PasswordHashes({ ln: 11, r: 4, p: 2 }).create('green tea at noon')
  expect(await quick().matches(stored, 'green tea at noon')).toBe(true)
  expect(await quick().matches(stored, 'green tea at night')).toBe(false)
})

test('a password that nobody has costs as much work as one that somebody has', async () => {
  const hashes = new PasswordHashes(PASSWORD_COST)
  const stored = await hashes.create('green tea at noon')
  const work = async (against: string | undefined) => {
    const before = process.cpuUsage()
    await hashes.matches(against, 'green tea at night')
    return process.cpuUsage(before).user
  }
  const [known, unknown, damaged] = [[], [], []] as [number[], number[], number[]]
  for (let at = 0; at < 3; at++) {
    known.push(await work(stored))
    unknown.push(await work(undefined))
    damaged.push(await work('$scrypt$'))
  }
  for (const others of [unknown, damaged]) {
    expect(Math.min(...others) / Math.min(...known)).toBeGreaterThan(0.6)
    expect(Math.min(...others) / Math.min(...known)).toBeLessThan(1.6)
  }
})

test('one hash is computed at a time, and after twenty nobody else waits', async () => {
  const hashes = new PasswordHashes({ ln: 13, r: 8, p: 1 })
  const before = process.memoryUsage.rss()
  const done = await Promise.allSettled(Array.from({ length: 50 }, (_, at) => hashes.create(`password ${at}`)))
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  const refused = done.find(({ status }) => status === 'rejected')
  expect(refused).toMatchObject({ reason: { code: 'sign_in_busy' } })
  expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000)
  expect(await hashes.create('password')).toMatch(/^\$scrypt/)
})

test('no password is longer than what is hashed of it', async () => {
  const hashes = quick()
  const stored = await hashes.create('x'.repeat(500))
  expect(await hashes.matches(stored, 'x'.repeat(499))).toBe(false)
  expect(await hashes.matches(stored, `${'x'.repeat(499)}\0`)).toBe(false)
})
