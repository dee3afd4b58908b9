import type { ElectronApplication } from 'playwright'

/** Long timers of the main process, for which a test cannot wait. */
export interface LongTimers {
  /** Fires the pending timers of this length; resolves to their number. */
  goOff(ms: number): Promise<number>
}

interface Held {
  heldTimers?: Map<object, { readonly ms: number; readonly run: () => void }>
}

/** Holds back, from now on, what the main process wants to do in a minute or later. */
export async function holdLongTimers(app: ElectronApplication): Promise<LongTimers> {
  // It runs in Electron's main process and sees nothing of this file.
  await app.evaluate(() => {
    const held: NonNullable<Held['heldTimers']> = new Map()
    ;(globalThis as Held).heldTimers = held
    const { setTimeout: set, clearTimeout: clear } = globalThis
    const hold = (run: () => void, ms = 0) => {
      if (ms < 60_000) return set(run, ms)
      // A timer of its own kind that never goes off: what is done with one (`unref`) can be done with it.
      const timer = set(() => {}, 2 ** 31 - 1).unref()
      held.set(timer, { ms, run })
      return timer
    }
    globalThis.setTimeout = Object.assign(hold, set) as typeof setTimeout
    globalThis.clearTimeout = (timer) => {
      if (typeof timer === 'object' && timer !== null) held.delete(timer)
      clear(timer)
    }
  })
  return {
    goOff: (ms) =>
      app.evaluate((_electron, due) => {
        const held: NonNullable<Held['heldTimers']> = (globalThis as Held).heldTimers ?? new Map()
        const over = [...held].filter(([, timer]) => timer.ms === due)
        for (const [timer, { run }] of over) {
          held.delete(timer)
          run()
        }
        return over.length
      }, ms),
  }
}
