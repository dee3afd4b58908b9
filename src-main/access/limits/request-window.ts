const WINDOW_MS = 60_000

/** Requests of the last sixty seconds, exactly: one entry for each millisecond in which there was any. */
export class RequestWindow {
  readonly #entries: { readonly at: number; count: number }[] = []
  #total = 0

  /** Milliseconds until one more request keeps to `limit` per minute; 0 when it does now. */
  waitMs(limit: number, now: number): number {
    this.#forget(now)
    let leaving = this.#total - limit + 1
    for (const { at, count } of this.#entries) {
      if (leaving <= 0) break
      leaving -= count
      if (leaving <= 0) return at + WINDOW_MS - now
    }
    return 0
  }

  /** How many there were. */
  count(now: number): number {
    this.#forget(now)
    return this.#total
  }

  take(now: number): void {
    const last = this.#entries.at(-1)
    if (last?.at === now) last.count += 1
    else this.#entries.push({ at: now, count: 1 })
    this.#total += 1
  }

  /** Takes back what was taken at a moment, unless that has left the window. */
  giveBack(at: number): void {
    const entry = this.#entries.findLast((one) => one.at === at)
    if (entry === undefined || entry.count === 0) return
    entry.count -= 1
    this.#total -= 1
  }

  /** Entries of the future go too: the clock was set back, and they would hold the key until it has caught up. */
  #forget(now: number): void {
    const isOver = ({ at }: { at: number }) => at <= now - WINDOW_MS || at > now
    const stay = this.#entries.findIndex((entry) => !isOver(entry))
    const gone = this.#entries.splice(0, stay < 0 ? this.#entries.length : stay)
    for (const { count } of gone) this.#total -= count
  }
}
