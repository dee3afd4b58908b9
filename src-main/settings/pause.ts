import type { Settings } from '#shared/settings/settings.ts'

// setTimeout takes 31 bits. For a longer pause the timer is set again when it fires early.
const LONGEST_ALARM_MS = 2 ** 31 - 1

export function isPaused(paused: Settings['paused'], now: number): boolean {
  return typeof paused === 'number' ? now < paused : paused
}

/** Fires when a timed pause ends, so that the displayed state changes too. */
export interface PauseAlarm {
  set(paused: Settings['paused']): void
  clear(): void
}

export function createPauseAlarm(options: { now: () => number; onOver: () => void }): PauseAlarm {
  let timer: NodeJS.Timeout | undefined
  function set(paused: Settings['paused']) {
    clearTimeout(timer)
    if (typeof paused !== 'number') return
    const left = paused - options.now()
    if (left > 0) wait(paused, left)
  }
  function wait(end: number, left: number) {
    timer = setTimeout(() => goOff(end), Math.min(left, LONGEST_ALARM_MS))
    timer.unref()
  }
  /** A timer can fire slightly early. The clock is read only once, because the pause could end between two readings. */
  function goOff(end: number) {
    const left = end - options.now()
    if (left > 0) wait(end, left)
    else options.onOver()
  }
  return { set, clear: () => clearTimeout(timer) }
}
