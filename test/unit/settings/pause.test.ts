import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isPaused, PauseAlarm } from '../../../src-main/settings/pause.ts'

const DAY_MS = 86_400_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function alarm() {
  const onOver = vi.fn()
  return { onOver, alarm: new PauseAlarm({ now: Date.now, onOver }) }
}

test('a pause is for good, until a moment, or not at all', () => {
  expect([isPaused(true, 5), isPaused(false, 5), isPaused(6, 5), isPaused(5, 5)]).toEqual([true, false, true, false])
})

test('the alarm goes off once, when the pause is over', () => {
  const { alarm: one, onOver } = alarm()
  one.set(Date.now() + 1000)
  vi.advanceTimersByTime(999)
  expect(onOver).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10_000)
  expect(onOver).toHaveBeenCalledTimes(1)
})

test('a pause longer than the longest timer does not end early', () => {
  const { alarm: one, onOver } = alarm()
  one.set(Date.now() + 60 * DAY_MS)
  vi.advanceTimersByTime(60 * DAY_MS - 1)
  expect(onOver).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onOver).toHaveBeenCalledTimes(1)
})

test('the alarm is not lost when its timer is early and the pause ends just then', () => {
  const onOver = vi.fn()
  const end = Date.now() + 1000
  let isEarly = true
  const now = () => {
    if (Date.now() < end || !isEarly) return Date.now()
    isEarly = false
    return end - 1
  }
  const one = new PauseAlarm({ now, onOver })
  one.set(end)
  vi.advanceTimersByTime(2000)
  expect(onOver).toHaveBeenCalledTimes(1)
})

test('resuming by hand, another pause, or the end of the app takes the alarm back', () => {
  const { alarm: one, onOver } = alarm()
  for (const paused of [false, true, Date.now() - 1]) {
    one.set(Date.now() + 1000)
    one.set(paused)
    expect(vi.getTimerCount()).toBe(0)
  }
  one.set(Date.now() + 1000)
  one.clear()
  expect(vi.getTimerCount()).toBe(0)
  expect(onOver).not.toHaveBeenCalled()
})
