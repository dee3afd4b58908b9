import { expect, test } from 'vitest'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { CardinalityLimiter } from '../../../src-main/usage/cardinality-limiter.ts'
import { exchange, NOW } from '../../store/fixtures.ts'

const DAY_MS = 86_400_000
const HOME = '127.0.0.1'

function setUp() {
  const clock = { now: NOW }
  const values = new CardinalityLimiter({
    now: () => clock.now,
    isDecided: (origin) => origin === 'https://mine.example',
  })
  const record = (changes: Partial<Exchange>, address = HOME) => values.bound(exchange('x', changes), address)
  return { clock, record }
}

function distinct(count: number, record: (index: number) => string | null): Set<string | null> {
  return new Set(Array.from({ length: count }, (_, index) => record(index)))
}

test.each([
  ['model', 200, (index: number) => ({ model: `m${index}` })],
  ['origin', 100, (index: number) => ({ origin: `https://${index}.example` })],
  ['userAgent', 100, (index: number) => ({ userAgent: `agent${index}` })],
] as const)('of one key a day has so many of %s, and the rest is “other”', (field, most, change) => {
  const { record, clock } = setUp()
  const seen = distinct(1000, (index) => record(change(index))[field])
  expect(seen.size).toBe(most + 1)
  expect(seen).toContain('other')
  // Values from before keep their names.
  expect(record(change(0))[field]).not.toBe('other')
  expect(record({ ...change(0), keyId: 'key-2' })[field]).not.toBe('other')
  clock.now += DAY_MS
  expect(record(change(999))[field]).not.toBe('other')
})

test('an exchange whose values have room is not copied', () => {
  const values = new CardinalityLimiter({ now: () => NOW, isDecided: () => false })
  const one = exchange('x')
  expect(values.bound(one, HOME)).toBe(one)
})

test('refused requests leave room for those that are answered', () => {
  const { record } = setUp()
  distinct(1000, (index) => record({ model: `made-up-${index}`, outcome: 'refused' }).model)
  expect(record({ model: 'llama3' }).model).toBe('llama3')
  expect(record({ model: 'made-up-1001', outcome: 'refused' }).model).toBe('other')
})

test('a site with a decision keeps its name, regardless of earlier sites', () => {
  const { record } = setUp()
  distinct(1000, (index) => record({ origin: `https://${index}.example` }).origin)
  expect(record({ origin: 'https://mine.example' }).origin).toBe('https://mine.example')
})

test('callers without a key are bounded by address, and all together', () => {
  const { record } = setUp()
  const stranger = (origin: string, address: string) =>
    record({ keyId: null, model: null, userAgent: null, outcome: 'refused', origin }, address).origin
  expect(distinct(500, (index) => stranger(`https://${index}.example`, HOME)).size).toBe(101)
  expect(stranger('https://neighbour.example', '192.168.1.9')).toBe('https://neighbour.example')
  const all = distinct(5000, (index) => stranger(`https://n${index}.example`, `fe80::${index}`))
  expect(all.size).toBe(1000 - 101 + 1)
})

test('an exchange that began yesterday does not restart the day', () => {
  const { record } = setUp()
  distinct(1000, (index) => record({ model: `m${index}` }).model)
  expect(record({ model: 'yesterday', time: NOW - DAY_MS }).model).toBe('other')
  expect(record({ model: 'm999' }).model).toBe('other')
})
