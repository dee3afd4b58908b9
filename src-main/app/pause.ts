import type { Settings } from '#shared/settings.ts'

// setTimeout takes 31 bits; a longer pause is set again when the alarm goes off early.
const LONGEST_ALARM_MS = 2 ** 31 - 1

export function isPaused(paused: Settings['paused'], now: number): boolean {
  return typeof paused === 'number' ? now < paused : paused
}

/** Goes off when a pause that has an end is over, so that what people see of it changes too. */
export interface PauseAlarm {
  set(paused: Settings['paused']): void
  clear(): void
}

export function createPauseAlarm(options: { now: () => number; onOver: () => void }): PauseAlarm {
  let timer: NodeJS.Timeout | undefined
  function set(paused: Settings['paused']) {
    clearTimeout(timer)
    if (typeof paused !== 'number' || !isPaused(paused, options.now())) return
    timer = setTimeout(() => goOff(paused), Math.min(paused - options.now(), LONGEST_ALARM_MS))
    timer.unref()
  }
  function goOff(paused: number) {
    if (isPaused(paused, options.now())) set(paused)
    else options.onOver()
  }
  return { set, clear: () => clearTimeout(timer) }
}
