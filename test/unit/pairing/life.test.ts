import { expect, test } from 'vitest'
import type { StoredPairing } from '#shared/pairing/stored.ts'
import { forgettable, isLive, stageOf } from '../../../src-main/pairing/life.ts'

const HOUR_MS = 3_600_000

function pairing(fields: Partial<StoredPairing>): StoredPairing {
  const asker = { origin: null, originName: null, claim: null, program: null, userAgent: null, returnsTo: null }
  return {
    id: 'one',
    version: 0,
    code: '47-19',
    slot: 'slot',
    asker: { ...asker, device: null },
    computer: '',
    name: 'An app',
    holder: 'holder',
    client: { grant: 'device', clientId: 'app' },
    state: 'open',
    approval: null,
    outcome: null,
    keyId: null,
    askedAt: 0,
    endsAt: 120_000,
    silentUntil: 0,
    keptUntil: 120_000 + HOUR_MS,
    ...fields,
  }
}

test.each([
  ['open', 'open', 'expired'],
  ['approved', 'approved', 'abandoned'],
  ['declined', 'declined', 'declined'],
] as const)('a request that is %s ends by itself', (state, before, after) => {
  const row = pairing({ state })
  expect([stageOf(row, 119_999), isLive(row, 119_999)]).toEqual([before, true])
  expect([stageOf(row, 120_000), isLive(row, 120_000)]).toEqual([after, false])
})

test('a key that is being created has a minute more', () => {
  const row = pairing({ state: 'taken' })
  expect([stageOf(row, 179_999), isLive(row, 179_999)]).toEqual(['approved', true])
  expect([stageOf(row, 180_000), isLive(row, 180_000)]).toEqual(['abandoned', false])
})

test('an ended request is remembered for an hour, and of many the latest 200, but no open one is forgotten', () => {
  expect(forgettable([pairing({})], 120_000 + HOUR_MS - 1)).toEqual([])
  expect(forgettable([pairing({})], 120_000 + HOUR_MS)).toEqual(['one'])
  const ended = Array.from({ length: 203 }, (_, at) => pairing({ id: `ended ${at}`, state: 'ended', endsAt: at }))
  const rows = [pairing({ id: 'open' }), ...ended, pairing({ id: 'silent', endsAt: 0, silentUntil: 2_000 })]
  expect(forgettable(rows, 1_000).toSorted()).toEqual(['ended 0', 'ended 1', 'ended 2'])
})
