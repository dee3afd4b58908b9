/** Allows so much a second, so that a flood from the network costs little. */
export class Budget {
  readonly #perSecond: number
  #second = 0
  #spent = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** False if this second's budget is used up. */
  spend(amount = 1): boolean {
    const second = Math.floor(performance.now() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#spent = 0
    }
    this.#spent += amount
    return this.#spent <= this.#perSecond
  }
}
