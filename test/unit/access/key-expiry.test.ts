import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NOON, newKey, openRoom } from './room.ts'

const DAY_MS = 86_400_000
/** The mocked Date: it moves with the mocked timers. */
const mockedClock = {
  get now() {
    return Date.now()
  },
}

beforeEach(() => vi.useFakeTimers({ now: NOON }))
afterEach(() => vi.useRealTimers())

test('a key whose date passes while it is in use ends its streams, also a month ahead', async () => {
  const { access, revoked } = await openRoom({ clock: mockedClock })
  const late = await access.keys.create(newKey({ expiresAt: NOON + 30 * DAY_MS }))
  const soon = await access.keys.create(newKey())
  await access.keys.update(soon.id, { expiresAt: NOON + 90_000 })
  vi.advanceTimersByTime(89_999)
  expect(revoked).toEqual([])
  vi.advanceTimersByTime(1)
  expect(revoked).toEqual([{ keyId: soon.id }])
  vi.advanceTimersByTime(30 * DAY_MS - 90_001)
  expect(revoked).toEqual([{ keyId: soon.id }])
  vi.advanceTimersByTime(1)
  expect(revoked).toEqual([{ keyId: soon.id }, { keyId: late.id }])
})

test('a date that passed while the computer slept is noticed within a minute of waking', async () => {
  const clock = { now: NOON }
  const { access, revoked } = await openRoom({ clock })
  const { id } = await access.keys.create(newKey({ expiresAt: NOON + DAY_MS }))
  clock.now = NOON + 2 * DAY_MS
  vi.advanceTimersByTime(60_000)
  expect(revoked).toEqual([{ keyId: id }])
})

test('no timer runs without a date to wait for, nor after closing', async () => {
  const { access } = await openRoom({ clock: mockedClock })
  await access.keys.create(newKey())
  expect(vi.getTimerCount()).toBe(0)
  await access.keys.create(newKey({ expiresAt: NOON + DAY_MS }))
  expect(vi.getTimerCount()).toBe(1)
  await access.close()
  expect(vi.getTimerCount()).toBe(0)
})
