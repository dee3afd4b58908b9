import type { SignInMethod } from '#shared/people/session.ts'
import type { Database } from '../connection/database.ts'

/** Whose session a token opens. */
interface Proof {
  readonly personId: string
  readonly method: SignInMethod
}

/** One-time tokens, by the hash: a browser may bring one to another gateway than the one that issued it. */
export class TokenTable {
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  /** Also deletes those that have expired. */
  async put(hash: string, { personId, method }: Proof, expiresAt: number): Promise<void> {
    await this.#database.query(
      `WITH expired AS (DELETE FROM tokens WHERE expires_at <= $5)
       INSERT INTO tokens (hash, person, method, expires_at) VALUES ($1, $2, $3, $4)`,
      [hash, personId, method, expiresAt, this.#now()],
    )
  }

  /** Of all who bring the same token one gets it. */
  async take(hash: string): Promise<Proof | undefined> {
    const { rows } = await this.#database.query<Proof & { expiresAt: number }>(
      `DELETE FROM tokens WHERE hash = $1 RETURNING person AS "personId", method, expires_at AS "expiresAt"`,
      [hash],
    )
    const [found] = rows
    return found !== undefined && found.expiresAt > this.#now()
      ? { personId: found.personId, method: found.method }
      : undefined
  }
}
