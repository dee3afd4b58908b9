import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Key, KeyPatch } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { AskedLimit, LimitQuestion } from '#shared/keys/limit-question.ts'

interface LimitQuestionsOptions {
  /** The beginning of the current day: ms UTC. */
  readonly today: () => number
  readonly asked: (key: Key) => void
  /** The rest of a key's limits. */
  readonly left: (key: Key) => Allowance
}

interface Asked {
  readonly day: number
  /** null once the person has answered. */
  open: AskedLimit | null
}

const LEFT: Record<AskedLimit, 'requestsThisMinute' | 'tokensToday' | 'atTheSameTime'> = {
  requestsPerMinute: 'requestsThisMinute',
  tokensPerDay: 'tokensToday',
  concurrency: 'atTheSameTime',
}

const LIMITS: Partial<Record<Refusal['refused'], AskedLimit>> = {
  rate_limited: 'requestsPerMinute',
  budget_spent: 'tokensPerDay',
  too_many_at_once: 'concurrency',
}

/**
 * Asks the person about a key that has reached a limit, once per key and day. The questions are only in memory: after a
 * restart the next refusal asks again.
 */
export class LimitQuestions {
  readonly #options: LimitQuestionsOptions
  readonly #asked = new Map<string, Asked>()

  constructor(options: LimitQuestionsOptions) {
    this.#options = options
  }

  /** Call for each refusal of a key by its limits. */
  ask(key: Key, { refused }: Refusal): void {
    const limit = LIMITS[refused]
    const day = this.#options.today()
    if (limit === undefined || this.#asked.get(key.id)?.day === day) return
    // Several gateways share a limit, and this one has no part of it for a moment.
    if ((this.#options.left(key)[LEFT[limit]] ?? 0) > 0) return
    this.#asked.set(key.id, { day, open: limit })
    this.#options.asked(key)
  }

  /** A change of the limit answers the question, also if it sets the same limit again. */
  answer(keyId: string, patch: KeyPatch): void {
    const asked = this.#asked.get(keyId)
    if (asked != null && asked.open !== null && patch[asked.open] !== undefined) asked.open = null
  }

  /** The open questions about keys that exist and still have the limit. */
  open(keys: readonly Key[]): LimitQuestion[] {
    return keys.flatMap((key) => {
      const limit = this.#asked.get(key.id)?.open ?? null
      return limit === null || key[limit] === null ? [] : [{ keyId: key.id, limit }]
    })
  }
}
