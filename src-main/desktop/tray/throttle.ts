export interface ThrottleClock {
  /** Milliseconds, from any fixed point. */
  now(): number
  /** Runs something once after `ms`; returns the call that takes it back. */
  after(ms: number, run: () => void): () => void
}

export interface Throttled {
  call(): void
  /** Takes back a run that is still due. */
  cancel(): void
}

/** Runs at once, then at most once per `intervalMs`. Calls in between become one run at the end: the last is never lost. */
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
