import type { AskedLimit, LimitQuestion } from '#shared/keys/limit-question.ts'
import type { Database } from '../connection/database.ts'

interface AskedQuestion extends LimitQuestion {
  /** The beginning of the day on which it was asked: ms UTC. */
  readonly day: number
}

/** The last question about each key that has reached a limit. */
export class LimitQuestionTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async ask({ keyId, day, limit }: AskedQuestion): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      `INSERT INTO limit_questions AS known (key, day, reached) VALUES ($1, $2, $3)
       ON CONFLICT (key) DO UPDATE SET day = excluded.day, reached = excluded.reached, is_open = true
       WHERE known.day < excluded.day`,
      [keyId, day, limit],
    )
    return rowCount === 1
  }

  async answer(keyId: string, limits: readonly AskedLimit[]): Promise<void> {
    await this.#database.query(
      'UPDATE limit_questions SET is_open = false WHERE key = $1 AND reached = ANY ($2::text[]) AND is_open',
      [keyId, limits],
    )
  }

  async list(): Promise<readonly (AskedQuestion & { readonly isOpen: boolean })[]> {
    const { rows } = await this.#database.query<AskedQuestion & { readonly isOpen: boolean }>(
      'SELECT key AS "keyId", day, reached AS limit, is_open AS "isOpen" FROM limit_questions',
    )
    return rows
  }
}
