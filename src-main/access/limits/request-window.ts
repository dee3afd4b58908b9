const WINDOW_MS = 60_000

/** The exact requests of the last 60 seconds: one entry per millisecond with requests. */
export class RequestWindow {
  readonly #entries: { readonly at: number; count: number }[] = []
  #total = 0

  /** Milliseconds until one more request is within `limit` per minute; 0 if it is now. */
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

  /** The number of requests in the window. */
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

  /** Removes a request counted at a time, unless it has left the window. */
  giveBack(at: number): void {
    const entry = this.#entries.findLast((one) => one.at === at)
    if (entry === undefined || entry.count === 0) return
    entry.count -= 1
    this.#total -= 1
  }

  /** Also drops entries in the future: if the clock was set back, they would block the key until it catches up. */
  #forget(now: number): void {
    const isOver = ({ at }: { at: number }) => at <= now - WINDOW_MS || at > now
    const stay = this.#entries.findIndex((entry) => !isOver(entry))
    const gone = this.#entries.splice(0, stay < 0 ? this.#entries.length : stay)
    for (const { count } of gone) this.#total -= count
  }
}
