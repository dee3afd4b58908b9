/** Runs a task once, some time after the first of any number of requests. */
export class Delayer {
  readonly #delayMs: number
  readonly #run: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(options: { delayMs: number; run: () => void }) {
    this.#delayMs = options.delayMs
    this.#run = options.run
  }

  trigger(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#run()
    }, this.#delayMs)
    this.#timer.unref()
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
