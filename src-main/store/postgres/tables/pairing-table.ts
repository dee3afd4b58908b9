import {
  type PairingDecision,
  type PairingRows,
  type StoredPairing,
  storedPairingSchema,
} from '#shared/pairing/stored.ts'
import type { Changes } from '../changes/changes.ts'
import type { Client } from '../connection/database.ts'

export interface PairingTableOptions {
  readonly changes: Pick<Changes, 'write'>
  /** Reads what others have changed. */
  readonly look: () => Promise<void>
}

type Decide<T> = (rows: readonly StoredPairing[], now: number) => PairingDecision<T>

/** Milliseconds of the database's clock: those of the gateways differ. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/**
 * The requests of apps for a key. There are few, and they are over within minutes, so each row is one text. A change of them has a
 * number like any other, but `changes` does not list it: gateways of before know no such rows. A gateway reads the rows whose
 * version is above the last number that it knows. A row that is gone was over before, and each gateway forgets it by itself.
 */
export class PairingTable {
  readonly #options: PairingTableOptions

  constructor(options: PairingTableOptions) {
    this.#options = options
  }

  look(): Promise<void> {
    return this.#options.look()
  }

  /**
   * Decides on all rows while no other gateway changes any, because each change waits for the one before it. Writes nothing if
   * `decide` puts nothing, or throws, which this rejects with. Resolves to what was written.
   */
  async change<T>(decide: Decide<T>): Promise<PairingRows & { readonly result: T }> {
    try {
      return await this.#options.changes.write(async ({ client, n }) => {
        const { rows: all, now } = await this.read(client, -1)
        const { put, remove, result } = decide(all, now)
        if (put.length === 0) throw new NothingToWrite(result)
        const rows = put.map((row) => ({ ...row, version: n }))
        await write(client, rows)
        if (remove.length > 0) await client.query('DELETE FROM pairings WHERE id = ANY ($1)', [remove])
        return { rows, now, result }
      })
    } catch (error) {
      // Of this call, so its result is of this type.
      if (error instanceof NothingToWrite) return { rows: [], now: 0, result: error.result as T }
      throw error
    }
  }

  /** The rows that were changed after this change, and the time. A row that this gateway does not understand is left out. */
  async read(client: Client, after: number): Promise<PairingRows> {
    // One row without an id if there are none.
    const { rows: found } = await client.query<FoundRow>(
      `SELECT ${NOW} AS now, id, content, version FROM (SELECT) AS one LEFT JOIN pairings ON version > $1`,
      [after],
    )
    const rows = found.flatMap(({ content, version }) => (content === null ? [] : (rowOf(content, version) ?? [])))
    return { rows, now: found[0]?.now ?? 0 }
  }
}

/** Removes the requests that ended long ago. Who changes any removes them, too, but perhaps nobody does. */
export async function prunePairings(client: Client): Promise<void> {
  await client.query(`DELETE FROM pairings WHERE kept_until <= ${NOW}`)
}

interface FoundRow {
  readonly now: number
  readonly content: string | null
  readonly version: number
}

/** Undoes the transaction, so that no gateway is told of a change. */
class NothingToWrite extends Error {
  readonly result: unknown

  constructor(result: unknown) {
    super('nothing to write')
    this.result = result
  }
}

async function write(client: Client, rows: readonly StoredPairing[]): Promise<void> {
  await client.query(
    `INSERT INTO pairings (id, content, kept_until, version)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
     ON CONFLICT (id) DO UPDATE SET content = excluded.content, kept_until = excluded.kept_until, version = excluded.version`,
    [
      rows.map(({ id }) => id),
      rows.map((row) => JSON.stringify(row)),
      rows.map(({ keptUntil }) => keptUntil),
      rows.map(({ version }) => version),
    ],
  )
}

function rowOf(content: string, version: number): StoredPairing | undefined {
  return storedPairingSchema.safeParse({ ...(JSON.parse(content) as object), version }).data
}
