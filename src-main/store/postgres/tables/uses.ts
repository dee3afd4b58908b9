import type { RowUse } from '#shared/records/foreign-rows.ts'
import type { Client, Database } from '../connection/database.ts'

/** The tables of which the last use of each row is known, and the column that has it (ms UTC). */
export const USES = { keys: 'last_used_at', sessions: 'seen_at' } as const
type Used = keyof typeof USES

/**
 * Writes last uses, by id. They are no changes. The rows are locked in one order at all gateways, so that two never wait for each
 * other.
 */
export async function writeUses(database: Database, table: Used, uses: ReadonlyMap<string, number>): Promise<void> {
  if (uses.size === 0) return
  const column = USES[table]
  await database.query(
    `WITH newer AS (
       SELECT id, used.at FROM ${table} JOIN unnest($1::text[], $2::bigint[]) AS used (id, at) USING (id)
       WHERE ${column} IS NULL OR ${column} < used.at ORDER BY id FOR NO KEY UPDATE OF ${table}
     )
     UPDATE ${table} SET ${column} = newer.at, touched = nextval('touches') FROM newer WHERE ${table}.id = newer.id`,
    [[...uses.keys()], [...uses.values()]],
  )
}

/** Reads the uses that were written since the last time, by any gateway. One that is missed comes with the next use. */
export class UseReader {
  readonly #table: Used
  #touched = 0

  constructor(table: Used) {
    this.#table = table
  }

  async read(client: Client): Promise<RowUse[]> {
    const { rows } = await client.query<RowUse & { touched: number }>(
      `SELECT id, ${USES[this.#table]} AS at, touched FROM ${this.#table} WHERE touched > $1 ORDER BY touched`,
      [this.#touched],
    )
    this.#touched = rows.at(-1)?.touched ?? this.#touched
    return rows.map(({ id, at }) => ({ id, at }))
  }
}
