import { expect, it } from 'vitest'
import type { Key } from '#shared/keys/key.ts'
import { type Arrangement, arrangeKeys } from '../../../src-renderer/pages/keys/arrange-keys.ts'

const KEYS = [
  keyOf({ id: 'b', name: 'Browser 10', lastUsedAt: 3 }),
  keyOf({ id: 'a', name: 'browser 2', lastUsedAt: 9, person: 'person_anna' }),
  keyOf({ id: 'c', name: 'Notes', lastUsedAt: null, prefix: 'sk-lk-zzzzzz' }),
]

it('puts names in the order of the language, numbers as numbers', () => {
  expect(arranged({})).toEqual(['a', 'b', 'c'])
  expect(arranged({ sorting: { by: 'name', descending: true } })).toEqual(['c', 'b', 'a'])
})

it('puts what was used last or most on top, and what was never used at the end', () => {
  expect(arranged({ sorting: { by: 'lastUsed', descending: true } })).toEqual(['a', 'b', 'c'])
  const tokensToday = new Map([
    ['b', 5],
    ['c', 7],
  ])
  expect(arranged({ sorting: { by: 'usedToday', descending: true }, tokensToday })).toEqual(['c', 'b', 'a'])
})

it.each([
  ['BROWSER', ['a', 'b']],
  [' anna ', ['a']],
  ['zzzz', ['c']],
  ['nobody', []],
])('finds by name, person and beginning: %s', (search, found) => {
  expect(arranged({ search })).toEqual(found)
})

function arranged(wanted: Partial<Arrangement>): string[] {
  const compareNames = new Intl.Collator('en', { numeric: true }).compare
  const usual: Arrangement = {
    search: '',
    sorting: { by: 'name', descending: false },
    tokensToday: new Map(),
    personNames: new Map([['person_anna', 'Anna']]),
    compareNames,
  }
  return arrangeKeys(KEYS, { ...usual, ...wanted }).map(({ id }) => id)
}

function keyOf(given: Partial<Key>): Key {
  return {
    id: '',
    name: '',
    scopes: ['chat'],
    endpoints: null,
    models: null,
    origins: null,
    expiresAt: null,
    requestsPerMinute: null,
    tokensPerDay: null,
    concurrency: null,
    allowInUrl: false,
    online: false,
    onlineQuestion: null,
    app: null,
    otherApp: null,
    onlyItsApp: false,
    person: 'person_owner',
    enabled: true,
    prefix: 'sk-lk-aaaaaa',
    createdAt: 0,
    lastUsedAt: null,
    graceUntil: null,
    ...given,
  }
}
