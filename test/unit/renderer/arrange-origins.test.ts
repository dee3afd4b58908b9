import { expect, it } from 'vitest'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { arrangeOrigins, type OriginArrangement } from '../../../src-renderer/pages/origins/arrange-origins.ts'
import { originKind } from '../../../src-renderer/pages/origins/origin-kind.ts'

const ORIGINS = [
  record({ origin: 'https://b.example', label: 'Beans', lastSeenAt: 3 }),
  record({ origin: 'https://a.example', status: 'blocked', lastSeenAt: 9 }),
  record({ origin: 'chrome-extension://abc', label: 'Apples', lastSeenAt: 5 }),
]

it('puts names, times and tokens in order', () => {
  expect(arranged({})).toEqual(['chrome-extension://abc', 'https://b.example', 'https://a.example'])
  expect(arranged({ sorting: { by: 'lastSeen', descending: true } })[0]).toBe('https://a.example')
  const tokens = new Map([['https://b.example', 7]])
  expect(arranged({ sorting: { by: 'tokens', descending: true }, tokens })[0]).toBe('https://b.example')
})

it.each([
  [{ filter: 'blocked' }, ['https://a.example']],
  [{ search: 'APPLES' }, ['chrome-extension://abc']],
  [{ search: 'b.ex' }, ['https://b.example']],
  [{ filter: 'allowed', search: 'a.ex' }, []],
] as const)('finds by state, name and address: %o', (wanted, found) => {
  expect(arranged(wanted)).toEqual(found)
})

it.each([
  ['chrome-extension://abc', 'extension'],
  ['safari-web-extension://0-1', 'extension'],
  ['https://a.example', 'site'],
  ['https://localhost.evil.example', 'site'],
  ['http://localhost:3000', 'local'],
  ['http://127.0.0.1', 'local'],
  ['http://[::1]:8080', 'local'],
  ['app://obsidian.md', 'app'],
  ['null', 'nameless'],
])('knows what %s is: %s', (origin, kind) => {
  expect(originKind(origin)).toBe(kind)
})

function arranged(wanted: Partial<OriginArrangement>): string[] {
  const usual: OriginArrangement = {
    search: '',
    filter: 'all',
    sorting: { by: 'name', descending: false },
    tokens: new Map(),
    nameOf: ({ label, origin }) => label ?? origin,
    compareNames: new Intl.Collator('en').compare,
  }
  return arrangeOrigins(ORIGINS, { ...usual, ...wanted }).map(({ origin }) => origin)
}

function record(given: Partial<OriginRecord>): OriginRecord {
  const seen = { firstSeenAt: 0, lastSeenAt: 0, requests: 0, refused: 0 }
  return { origin: '', status: 'allowed', decidedBy: 'person', label: null, ...seen, ...given }
}
