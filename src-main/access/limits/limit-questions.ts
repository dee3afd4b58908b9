import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Key, KeyPatch } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { AskedLimit, LimitQuestion } from '#shared/keys/limit-question.ts'
import type { Log } from '../../base/log.ts'
import type { LimitQuestionStore } from '../ports.ts'

interface LimitQuestionsOptions {
  /** undefined if no other gateway asks about the same keys. */
  readonly limitQuestions?: LimitQuestionStore | undefined
  readonly log: Pick<Log, 'warn'>
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
 * Asks the person about a key that has reached a limit, once per key and day. The questions are only in memory, so after a
 * restart the next refusal asks again; gateways on one database have them in common.
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
    const { limitQuestions, asked } = this.#options
    if (limitQuestions === undefined) asked(key)
    else void this.#askForAll(key, { day, limit }, limitQuestions)
  }

  /**
   * A change of the limit answers the question, also if it sets the same limit again. Resolves when it is answered at every
   * gateway.
   */
  async answer(keyId: string, patch: KeyPatch): Promise<void> {
    const limits = Object.values(LIMITS).filter((limit) => patch[limit] !== undefined)
    const asked = this.#asked.get(keyId)
    if (asked != null && asked.open !== null && limits.includes(asked.open)) asked.open = null
    if (limits.length === 0) return
    await this.#options.limitQuestions
      ?.answer(keyId, limits)
      .catch((err: unknown) => this.#options.log.warn({ err }, 'a question about a limit stays open'))
  }

  /** Brings up to date what other gateways have asked. While the database is away, it stays as last known. */
  async refresh(): Promise<void> {
    const known = await this.#options.limitQuestions?.list().catch(() => [])
    for (const { keyId, day, limit, isOpen } of known ?? [])
      this.#asked.set(keyId, { day, open: isOpen ? limit : null })
  }

  /** The open questions about keys that exist and still have the limit. */
  open(keys: readonly Key[]): LimitQuestion[] {
    return keys.flatMap((key) => {
      const limit = this.#asked.get(key.id)?.open ?? null
      return limit === null || key[limit] === null ? [] : [{ keyId: key.id, limit }]
    })
  }

  /** One gateway tells the person. */
  async #askForAll(key: Key, asked: { day: number; limit: AskedLimit }, store: LimitQuestionStore): Promise<void> {
    const isFirst = await store.ask({ keyId: key.id, ...asked }).catch(() => true)
    if (isFirst) this.#options.asked(key)
  }
}
