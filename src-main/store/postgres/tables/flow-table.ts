import type { Database } from '../connection/database.ts'

/** The clocks of gateways may differ: none forgets what another one may still be asked about. */
const KEPT_MS = 86_400_000

/** The keys that seal flows and the ids of used flows, with which gateways finish each other's flows. */
export class FlowTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Also deletes the keys of earlier periods, except two: the clocks of gateways differ a little around midnight. */
  async key(period: number, made: Uint8Array): Promise<Uint8Array> {
    await this.#database.query(
      `WITH earlier AS (DELETE FROM flow_keys WHERE period < $1 - 2)
       INSERT INTO flow_keys (period, key) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [period, made],
    )
    const { rows } = await this.#database.query<{ key: Buffer }>('SELECT key FROM flow_keys WHERE period = $1', [
      period,
    ])
    const [found] = rows
    if (found === undefined) throw new Error('another gateway has deleted a key that is in use: the clocks differ')
    return found.key
  }

  /** Also deletes those that ended long ago. */
  async use(id: string, until: number): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      `WITH ended AS (DELETE FROM used_flows WHERE until < $2 - $3::bigint)
       INSERT INTO used_flows (id, until) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [id, until, KEPT_MS],
    )
    return rowCount === 1
  }
}
