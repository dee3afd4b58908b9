import type { Client, Database } from '../connection/database.ts'
import type { Lease } from './lease.ts'

export interface GatewayFacts {
  /** The data folder and the computer, the same after a restart. */
  readonly name: string
  /** Latchkey's version. */
  readonly program: string
  readonly timeZone: string
  /** A fingerprint of each setting that all gateways should have alike, by its name. */
  readonly settings: () => Fingerprints
}

type Fingerprints = Readonly<Record<string, string>>

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
  #otherSettings: readonly string[] = []

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

  /** The names of settings that another gateway has otherwise. */
  get otherSettings(): readonly string[] {
    return this.#otherSettings
  }

  /** Ends the rows of earlier runs in the same data folder, whose lock this process holds: they are dead. */
  async begin(): Promise<void> {
    const { name, program, timeZone, settings } = this.#facts
    const asked = this.#lease.moment()
    this.#id = await this.#database.transaction(async (client) => {
      await client.query('UPDATE gateways SET ended_at = now() WHERE name = $1 AND ended_at IS NULL', [name])
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO gateways (name, program, time_zone, settings, alive_until)
         VALUES ($1, $2, $3, $4, now() + $5 * interval '1 ms') RETURNING id`,
        [name, program, timeZone, settings(), asked.graceMs + LEASE_MARGIN_MS],
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
    const settings = this.#facts.settings()
    const { rows } = await client.query<Beaten>(
      `WITH before AS (SELECT id, alive_until > now() AS alive FROM gateways WHERE id = $1 AND ended_at IS NULL FOR UPDATE),
         others AS (SELECT * FROM gateways WHERE id <> $1 AND ended_at IS NULL AND alive_until > now())
       UPDATE gateways SET alive_until = now() + $2 * interval '1 ms', settings = $3::jsonb
       FROM before WHERE gateways.id = before.id
       RETURNING before.alive AS "wasAlive",
         (SELECT MIN(others.time_zone) FROM others WHERE others.time_zone <> gateways.time_zone) AS "otherZone",
         (SELECT jsonb_agg(others.settings) FROM others WHERE others.settings <> $3::jsonb) AS others`,
      [this.#id, asked.graceMs + LEASE_MARGIN_MS, settings],
    )
    const [row] = rows
    if (row === undefined) return this.begin()
    if (row.wasAlive) this.#lease.renew(asked)
    else this.#lease.restart(asked)
    this.#otherZone = row.otherZone
    this.#otherSettings = differencesOf([settings, ...(row.others ?? [])])
  }

  async end(): Promise<void> {
    await this.#database.query('UPDATE gateways SET ended_at = now() WHERE id = $1', [this.#id])
  }
}

interface Beaten {
  readonly wasAlive: boolean
  readonly otherZone: string | null
  readonly others: readonly Fingerprints[] | null
}

/** The names of settings of which gateways have different fingerprints. Another version may lack one. */
export function differencesOf(gateways: readonly Fingerprints[]): string[] {
  const names = new Set(gateways.flatMap((settings) => Object.keys(settings)))
  const known = (name: string) => gateways.flatMap((settings) => settings[name] ?? [])
  return [...names].filter((name) => new Set(known(name)).size > 1)
}
