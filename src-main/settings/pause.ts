import type { Settings } from '#shared/settings/settings.ts'

// setTimeout takes 31 bits. For a longer pause the timer is set again when it fires early.
const LONGEST_ALARM_MS = 2 ** 31 - 1

export function isPaused(paused: Settings['paused'], now: number): boolean {
  return typeof paused === 'number' ? now < paused : paused
}

/** Fires when a timed pause ends, so that the displayed state changes too. */
export class PauseAlarm {
  readonly #options: { readonly now: () => number; readonly onOver: () => void }
  #timer: NodeJS.Timeout | undefined

  constructor(options: { readonly now: () => number; readonly onOver: () => void }) {
    this.#options = options
  }

  set(paused: Settings['paused']): void {
    this.clear()
    if (typeof paused !== 'number') return
    const left = paused - this.#options.now()
    if (left > 0) this.#wait(paused, left)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }

  #wait(end: number, left: number): void {
    this.#timer = setTimeout(() => this.#fire(end), Math.min(left, LONGEST_ALARM_MS))
    this.#timer.unref()
  }

  /** A timer can fire slightly early. The clock is read only once, because the pause could end between two readings. */
  #fire(end: number): void {
    const left = end - this.#options.now()
    if (left > 0) this.#wait(end, left)
    else this.#options.onOver()
  }
}
