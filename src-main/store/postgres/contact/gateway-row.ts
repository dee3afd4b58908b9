import type { Client, Database } from '../connection/database.ts'
import type { Lease } from './lease.ts'

export interface GatewayFacts {
  /** The data folder and the computer, the same after a restart. */
  readonly name: string
  /** Latchkey's version. */
  readonly program: string
  readonly timeZone: string
}

/**
 * What others hold for a gateway comes back so much later than it stops without the database. By then its last request is no
 * longer among those of the last minute.
 */
const LEASE_MARGIN_MS = 60_000

/**
 * The row of this run of a gateway. Whoever holds something for a gateway may take it back when its row has ended, or when
 * `alive_until` is over.
 */
export class GatewayRow {
  readonly #database: Database
  readonly #facts: GatewayFacts
  readonly #lease: Lease
  #id = 0
  #otherZone: string | null = null

  constructor(database: Database, facts: GatewayFacts, lease: Lease) {
    this.#database = database
    this.#facts = facts
    this.#lease = lease
  }

  get id(): number {
    return this.#id
  }

  /** The time zone of another gateway, if it is not this one's: their days begin at different times. */
  get otherZone(): string | null {
    return this.#otherZone
  }

  /** Ends the rows of earlier runs in the same data folder, whose lock this process holds: they are dead. */
  async begin(): Promise<void> {
    const { name, program, timeZone } = this.#facts
    const asked = this.#lease.moment()
    this.#id = await this.#database.transaction(async (client) => {
      await client.query('UPDATE gateways SET ended_at = now() WHERE name = $1 AND ended_at IS NULL', [name])
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO gateways (name, program, time_zone, alive_until)
         VALUES ($1, $2, $3, now() + $4 * interval '1 ms') RETURNING id`,
        [name, program, timeZone, asked.graceMs + LEASE_MARGIN_MS],
      )
      return rows[0]?.id ?? 0
    })
    this.#lease.restart(asked)
  }

  /**
   * Extends the lease, also after it has ended: then what others may have taken back is void, but tokens that this gateway has not
   * reported are still its own. If the row has ended, it begins as another gateway.
   */
  async beat(client: Client): Promise<void> {
    const asked = this.#lease.moment()
    const { rows } = await client.query<{ wasAlive: boolean; otherZone: string | null }>(
      `WITH before AS (SELECT id, alive_until > now() AS alive FROM gateways WHERE id = $1 AND ended_at IS NULL FOR UPDATE)
       UPDATE gateways SET alive_until = now() + $2 * interval '1 ms' FROM before WHERE gateways.id = before.id
       RETURNING before.alive AS "wasAlive", (SELECT MIN(others.time_zone) FROM gateways AS others WHERE others.ended_at IS NULL
         AND others.alive_until > now() AND others.time_zone <> gateways.time_zone) AS "otherZone"`,
      [this.#id, asked.graceMs + LEASE_MARGIN_MS],
    )
    const [row] = rows
    if (row === undefined) return this.begin()
    if (row.wasAlive) this.#lease.renew(asked)
    else this.#lease.restart(asked)
    this.#otherZone = row.otherZone
  }

  async end(): Promise<void> {
    await this.#database.query('UPDATE gateways SET ended_at = now() WHERE id = $1', [this.#id])
  }
}
