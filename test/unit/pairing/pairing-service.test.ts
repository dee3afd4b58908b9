import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PairingAsker, PairingChange, PairingRequest } from '#shared/pairing/pairing.ts'
import { PairingService } from '../../../src-main/pairing/pairing-service.ts'
import { newPairingCode } from '../../../src-main/pairing/secrets.ts'

const ASKER: PairingAsker = {
  origin: null,
  originName: null,
  claim: null,
  program: null,
  userAgent: null,
  returnsTo: null,
  device: null,
}

let questions: PairingRequest[] = []
let changes: PairingChange[] = []
let service: PairingService

beforeEach(() => {
  vi.useFakeTimers()
  questions = []
  changes = []
  service = new PairingService({
    store: null,
    computer: '',
    isBlocked: () => false,
    log: { warn: () => undefined },
    now: Date.now,
    monotonic: () => performance.now(),
    randomBytes,
    onQuestion: (request) => questions.push(request),
    onChange: (change) => changes.push(change),
  })
})
afterEach(() => vi.useRealTimers())

const ask = (slot: string, holder = `the holder of ${slot}`) => {
  const client = { grant: 'device', clientId: 'app' } as const
  void service.ask({ slot, asker: ASKER, name: 'An app', holder, client })
}
const outcomes = () => changes.map(({ outcome }) => outcome)

test('silence ends a request after two minutes by itself, and then nothing wakes the process', () => {
  ask('one')
  vi.advanceTimersByTime(60_000)
  ask('two')
  expect(questions).toHaveLength(2)
  vi.advanceTimersByTime(60_001)
  expect(outcomes()).toEqual(['expired'])
  expect(service.list()).toHaveLength(1)
  vi.advanceTimersByTime(60_001)
  expect(outcomes()).toEqual(['expired', 'expired'])
  expect(vi.getTimerCount()).toBe(0)
})

test('an approved request that is not fetched is abandoned after a minute', () => {
  ask('one')
  const [request] = questions
  if (request !== undefined) void service.approve({ id: request.id, code: request.code, preset: 'chat' })
  vi.advanceTimersByTime(60_001)
  expect(outcomes()).toEqual(['approved', 'abandoned'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a request that is declined ends without a further word', async () => {
  ask('one')
  const [request] = questions
  if (request !== undefined) void service.decline({ id: request.id, code: request.code })
  expect((await service.find('the holder of one'))?.state).toBe('declined')
  vi.advanceTimersByTime(120_001)
  expect(await service.find('the holder of one')).toBeUndefined()
  expect(outcomes()).toEqual(['declined'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a new request of the same app takes the place of its earlier one', () => {
  ask('one')
  ask('one', 'another holder')
  expect(outcomes()).toEqual(['replaced'])
  expect(service.list()).toMatchObject([{ id: questions[1]?.id }])
})

test('when the database has lost its latest changes, so has the gateway', async () => {
  ask('one')
  const row = await service.find('the holder of one')
  if (row === undefined) throw new Error('no request')
  service.follow({ rows: [{ ...row, id: 'other', version: 3 }], now: performance.now(), isWhole: true })
  expect(service.list()).toMatchObject([{ id: 'other' }])
  service.follow({ rows: [{ ...row, id: 'other', version: 2, state: 'declined' }], now: 0, isWhole: false })
  expect(service.list()).toHaveLength(1)
})

test('codes are evenly drawn, and no two open requests have the same', () => {
  const drawn = [
    [0xff, 0xff],
    [0xea, 0x60],
    [0x12, 0x6f],
    [0x12, 0x70],
  ]
  const next = () => Uint8Array.from(drawn.shift() ?? [])
  // The first two would make low codes likelier; the third is in use.
  expect(newPairingCode(next, (code) => code === '47-19')).toBe('47-20')
  expect(drawn).toEqual([])
})
