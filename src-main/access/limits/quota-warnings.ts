import type { Person } from '#shared/people/person.ts'
import { WARNED_AT } from '#shared/people/quota.ts'

interface QuotaWarningsOptions {
  /** Tokens that a person has used today. */
  readonly used: (personId: string) => number
  /** The beginning of the current local day: ms UTC. */
  readonly today: () => number
  /** The person in effect. */
  readonly find: (personId: string) => Person | undefined
  readonly warn: (person: Person) => void
  /** Resolves to false if another gateway has warned the person today. Undefined if there is no other. */
  readonly claim: ((personId: string) => Promise<boolean>) | undefined
}

/** Warns once per person and day, when nearly all tokens of their day are used. */
export class QuotaWarnings {
  readonly #options: QuotaWarningsOptions
  /** The beginning of the last day with a warning, by person. */
  readonly #warned = new Map<string, number>()

  constructor(options: QuotaWarningsOptions) {
    this.#options = options
  }

  /** Call when tokens of a person were counted. */
  look(personId: string): void {
    const person = this.#options.find(personId)
    if (person === undefined || !this.#isDue(person)) return
    this.#note(personId)
    const { claim, warn } = this.#options
    if (claim === undefined) return warn(person)
    claim(personId).then(
      (isFirst) => isFirst && warn(person),
      // The next use tries again.
      () => this.#warned.delete(personId),
    )
  }

  /** Call after a start: the person was warned before it, if there was a reason. */
  skip(personId: string): void {
    const person = this.#options.find(personId)
    if (person !== undefined && this.#isDue(person)) this.#note(personId)
  }

  #isDue({ id, tokensPerDay }: Person): boolean {
    const { used, today } = this.#options
    if (tokensPerDay === null || used(id) < tokensPerDay * WARNED_AT) return false
    return this.#warned.get(id) !== today()
  }

  #note(personId: string): void {
    this.#warned.set(personId, this.#options.today())
  }
}
