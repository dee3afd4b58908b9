import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AppEvent } from '#shared/console-api/events.ts'
import { settingsSchema } from '#shared/settings/settings.ts'
import type { DesktopCore } from '../../../src-main/desktop/core-thread/desktop-core.ts'
import { DailyLook } from '../../../src-main/desktop/updates/look-daily.ts'

const DAY_MS = 24 * 3_600_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function daily(lookForUpdates: boolean) {
  let settings = settingsSchema.parse({ lookForUpdates })
  let listener: (event: AppEvent) => void = () => {}
  const look = vi.fn(async () => {})
  const core = {
    settings: () => settings,
    subscribe(to: typeof listener) {
      listener = to
      return () => {
        listener = () => {}
      }
    },
  } as unknown as DesktopCore
  const made = new DailyLook({ core, updates: { look } })
  made.start()
  const set = (on: boolean) => {
    settings = settingsSchema.parse({ lookForUpdates: on })
    listener({ type: 'settings' })
  }
  return { made, look, set }
}

test('nothing is looked for while the setting is off', () => {
  const { look } = daily(false)
  vi.advanceTimersByTime(10 * DAY_MS)
  expect(look).not.toHaveBeenCalled()
})

test('with it on there is a look at the start and one a day, until it is off or the app ends', () => {
  const { look, set, made } = daily(true)
  expect(look).toHaveBeenCalledExactlyOnceWith('clock')
  vi.advanceTimersByTime(3 * DAY_MS)
  expect(look).toHaveBeenCalledTimes(4)
  set(false)
  vi.advanceTimersByTime(3 * DAY_MS)
  expect(look).toHaveBeenCalledTimes(4)
  set(true)
  expect(look).toHaveBeenCalledTimes(5)
  made.stop()
  set(true)
  vi.advanceTimersByTime(3 * DAY_MS)
  expect(look).toHaveBeenCalledTimes(5)
})

test('a change of another setting begins no new look', () => {
  const { look, set } = daily(true)
  set(true)
  expect(look).toHaveBeenCalledOnce()
})
