import { randomBytes } from 'node:crypto'
import { EncryptJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type FlowKind, SealedFlows } from '../../../src-main/people/flows/sealed-flows.ts'
import type { FlowStore } from '../../../src-main/people/ports.ts'

const DAY_MS = 86_400_000
const KIND: FlowKind<{ readonly who: string }> = {
  purpose: 'test',
  data: z.object({ who: z.string() }),
  lifetimeMs: 60_000,
}

/** As a shared database keeps them, in memory. The one on PostgreSQL has its own tests. */
class SharedKeys implements FlowStore {
  readonly keys = new Map<number, Uint8Array>()
  readonly used = new Set<string>()
  isAway = false

  async key(period: number, made: Uint8Array): Promise<Uint8Array> {
    if (this.isAway) throw new Error('away')
    if (!this.keys.has(period)) this.keys.set(period, made)
    return this.keys.get(period) ?? made
  }

  async use(id: string): Promise<boolean> {
    const isFirst = !this.used.has(id)
    this.used.add(id)
    return isFirst
  }
}

let clock = 0
const now = () => clock
let keys: SharedKeys
let one: SealedFlows
let other: SealedFlows
beforeEach(() => {
  // Noon, so that a day is not over by accident.
  clock = Date.UTC(2026, 10, 1, 12)
  keys = new SharedKeys()
  one = new SealedFlows({ flows: keys, now, randomBytes })
  other = new SealedFlows({ flows: keys, now, randomBytes })
})

test('what one gateway seals, another opens, and nobody can read it', async () => {
  const sealed = await one.seal(KIND, { who: 'Ada Lovelace' })
  expect(sealed).toMatch(/^[\w.-]+$/)
  for (const part of sealed.split('.')) expect(Buffer.from(part, 'base64url').toString()).not.toContain('Ada')
  expect((await other.open(KIND, sealed))?.data).toEqual({ who: 'Ada Lovelace' })
})

test('a flow is used once, whoever is asked and however often', async () => {
  const sealed = await one.seal(KIND, { who: 'Ada' })
  const opened = await Promise.all([one, other, one, other].map((flows) => flows.open(KIND, sealed)))
  const used = await Promise.all(opened.map(async (flow) => flow?.use()))
  expect(used.filter(Boolean)).toHaveLength(1)
  // The last letter of an encryption's tag has bits that mean nothing.
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
    const again = await other.open(KIND, sealed.slice(0, -1) + letter)
    if (again !== undefined) expect(await again.use()).toBe(false)
  }
})

test('a flow ends', async () => {
  const sealed = await one.seal(KIND, { who: 'Ada' })
  clock += 59_000
  expect(await other.open(KIND, sealed)).toBeDefined()
  clock += 1_000
  expect(await other.open(KIND, sealed)).toBeUndefined()
})

test('flows of a process with a file work there, and nowhere else', async () => {
  const alone = new SealedFlows({ flows: null, now, randomBytes })
  const sealed = await alone.seal(KIND, { who: 'Ada' })
  expect(await (await alone.open(KIND, sealed))?.use()).toBe(true)
  expect(await (await alone.open(KIND, sealed))?.use()).toBe(false)
  expect(await new SealedFlows({ flows: null, now, randomBytes }).open(KIND, sealed)).toBeUndefined()
  expect(await one.open(KIND, sealed)).toBeUndefined()
})

describe('what was not sealed for this is refused', () => {
  test('for another purpose, and with other data', async () => {
    const sealed = await one.seal(KIND, { who: 'Ada' })
    expect(await one.open({ ...KIND, purpose: 'another' }, sealed)).toBeUndefined()
    expect(await one.open({ ...KIND, data: z.object({ name: z.string() }) }, sealed)).toBeUndefined()
  })

  test('every changed letter', async () => {
    const sealed = await one.seal(KIND, { who: 'Ada' })
    for (let at = 0; at < sealed.length - 1; at += 1) {
      const letter = sealed[at] === 'A' ? 'B' : 'A'
      expect(await one.open(KIND, sealed.slice(0, at) + letter + sealed.slice(at + 1)), `letter ${at}`).toBeUndefined()
    }
  })

  test.each(['', '.', '....', 'none', 'a.b.c.d.e', '\0', 'ü.ü.ü.ü.ü', 'x'.repeat(100_000), '{"ciphertext":""}'])(
    'nonsense %#',
    async (text) => expect(await one.open(KIND, text)).toBeUndefined(),
  )

  test('another way to encrypt, and no end or no id', async () => {
    const period = Math.floor(clock / DAY_MS)
    const key = await keys.key(period, randomBytes(32))
    const jwt = () => new EncryptJWT({ data: { who: 'Ada' } }).setAudience('test')
    const kid = String(period)
    const right = { alg: 'dir', enc: 'A256GCM', kid }
    const seal = (token: EncryptJWT, header: typeof right = right, by = key) =>
      token.setProtectedHeader(header).encrypt(by)
    const end = new Date(clock + 1000)
    expect(await one.open(KIND, await seal(jwt().setJti('a').setExpirationTime(end)))).toBeDefined()
    expect(await one.open(KIND, await seal(jwt().setJti('a')))).toBeUndefined()
    expect(await one.open(KIND, await seal(jwt().setExpirationTime(end)))).toBeUndefined()
    const full = () => jwt().setJti('a').setExpirationTime(end)
    const cbc = { ...right, enc: 'A128CBC-HS256' }
    expect(await one.open(KIND, await seal(full(), cbc))).toBeUndefined()
    expect(await one.open(KIND, await seal(full(), { ...right, alg: 'A256KW' }))).toBeUndefined()
    expect(await one.open(KIND, await seal(full(), right, randomBytes(32)))).toBeUndefined()
  })
})

describe('keys', () => {
  test('are made anew each day, and open what was sealed just before midnight', async () => {
    clock = Date.UTC(2026, 10, 2) - 1000
    const sealed = await one.seal(KIND, { who: 'Ada' })
    clock += 2000
    expect(await other.open(KIND, sealed)).toBeDefined()
    await other.seal(KIND, { who: 'Grace' })
    expect(keys.keys.size).toBe(2)
  })

  test('of a gateway whose clock is ahead by a little are accepted', async () => {
    clock = Date.UTC(2026, 10, 2)
    const sealed = await one.seal(KIND, { who: 'Ada' })
    clock -= 5000
    expect(await other.open(KIND, sealed)).toBeDefined()
  })

  test('of other days are not even asked for', async () => {
    const header = (kid: unknown) =>
      Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid })).toString('base64url')
    for (const kid of ['0', '-1', '1e9', 'NaN', '', null, {}, [], 1e300, 'Infinity', '__proto__']) {
      expect(await one.open(KIND, `${header(kid)}..AAAA.AAAA.AAAA`)).toBeUndefined()
    }
    expect(keys.keys.size).toBe(0)
  })

  test('are asked for again after the database was away', async () => {
    keys.isAway = true
    await expect(one.seal(KIND, { who: 'Ada' })).rejects.toThrow('away')
    keys.isAway = false
    expect(await other.open(KIND, await one.seal(KIND, { who: 'Ada' }))).toBeDefined()
  })
})
