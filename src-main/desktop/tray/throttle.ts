export interface ThrottleClock {
  /** Milliseconds, from any fixed point. */
  now(): number
  /** Runs `run` once after `ms`; returns a function that cancels it. */
  after(ms: number, run: () => void): () => void
}

export interface Throttled {
  call(): void
  /** Cancels a pending run. */
  cancel(): void
}

/**
 * Runs at once, then at most once per `intervalMs`. Calls in between are combined into one run at the end, so the last
 * call is never lost.
 */
export function throttle(run: () => void, intervalMs: number, clock: ThrottleClock): Throttled {
  let lastRun = Number.NEGATIVE_INFINITY
  let takeBack: (() => void) | undefined
  const runNow = () => {
    takeBack = undefined
    lastRun = clock.now()
    run()
  }
  return {
    call() {
      if (takeBack !== undefined) return
      const wait = lastRun + intervalMs - clock.now()
      if (wait <= 0) runNow()
      else takeBack = clock.after(wait, runNow)
    },
    cancel() {
      takeBack?.()
      takeBack = undefined
    },
  }
}
