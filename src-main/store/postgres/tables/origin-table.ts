import { type OriginRecord, originRecordSchema } from '#shared/origins/origin.ts'
import { type Change, type Changes, changedElsewhere } from '../changes/changes.ts'
import type { Snapshot } from '../changes/snapshot.ts'
import type { Versions } from '../changes/versions.ts'
import type { Client, Database } from '../connection/database.ts'
import { OriginCounts } from './origin-counts.ts'
import type { ReadRow } from './record-table.ts'

export interface OriginTableOptions {
  readonly database: Database
  readonly changes: Changes
  readonly versions: Versions
  readonly snapshot: Snapshot
  /** Called for each origin whose row is invalid. Such an origin counts as never seen. */
  readonly onUnreadable: (origin: string) => void
}

const COLUMNS = `origin, status, decided_by AS "decidedBy", label, first_seen_at AS "firstSeenAt",
  last_seen_at AS "lastSeenAt", requests, refused, version`

const INSERT = `INSERT INTO origins (origin, status, decided_by, label, first_seen_at, last_seen_at, requests, refused, version, touched)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nextval('touches')) ON CONFLICT (origin) DO UPDATE SET`
const ADD_COUNTS = `last_seen_at = GREATEST(origins.last_seen_at, excluded.last_seen_at),
  requests = origins.requests + excluded.requests, refused = origins.refused + excluded.refused, touched = excluded.touched`

/** Origins and the decisions about them. A new origin and a decision are changes; counts are not. */
export class OriginTable {
  readonly #options: OriginTableOptions
  readonly counts = new OriginCounts()

  constructor(options: OriginTableOptions) {
    this.#options = options
  }

  async load(): Promise<OriginRecord[]> {
    const read = await this.#options.snapshot.rows('origins', (client) => this.read(client))
    const records = read.flatMap(({ row }) => row ?? [])
    for (const record of records) this.counts.set(record)
    return records
  }

  /** All rows, or those of these origins, in the order in which they were added. */
  async read(client: Client, origins?: readonly string[]): Promise<ReadRow<OriginRecord>[]> {
    const { rows } =
      origins === undefined
        ? await client.query<OriginRecord & { version: number }>(`SELECT ${COLUMNS} FROM origins ORDER BY row`)
        : await client.query<OriginRecord & { version: number }>(
            `SELECT ${COLUMNS} FROM origins WHERE origin = ANY ($1) ORDER BY row`,
            [origins],
          )
    return rows.map(({ version, ...found }) => {
      const row = originRecordSchema.safeParse(found).data
      if (row === undefined) this.#options.onUnreadable(found.origin)
      return { id: found.origin, version, row }
    })
  }

  put(record: OriginRecord): Promise<void> {
    // Before the change waits for its turn: meanwhile the rooms can get a later row, which it must not overwrite.
    const known = this.#options.versions.of('origins', record.origin)
    return this.counts.writing(() => this.#options.changes.write((change) => this.#putIn(change, record, known)))
  }

  /** For an origin that is not there yet. */
  insertIn(change: Change, record: OriginRecord): Promise<void> {
    return this.#putIn(change, record, undefined)
  }

  async #putIn(change: Change, record: OriginRecord, known: number | undefined): Promise<void> {
    const { origin } = record
    const { rowCount } = await change.client.query(
      `${INSERT} status = excluded.status, decided_by = excluded.decided_by, label = excluded.label,
         version = excluded.version, ${ADD_COUNTS} WHERE origins.version = $10`,
      [...this.#values(record), change.n, known ?? null],
    )
    if (rowCount === 0) throw changedElsewhere()
    change.wrote('origins', origin)
    change.whenCommitted(() => this.counts.set(record))
  }

  remove(origin: string): Promise<void> {
    return this.#options.changes.write(async (change) => {
      await change.client.query('DELETE FROM origins WHERE origin = $1', [origin])
      change.removed('origins', origin)
      change.whenCommitted(() => this.counts.delete(origin))
    })
  }

  /** Adds counts of known origins and inserts new ones. Changes no decision, and brings back no origin that was removed. */
  touch(records: readonly OriginRecord[]): Promise<void> {
    return this.counts.writing(async () => {
      const fresh = records.filter(({ origin }) => !this.counts.has(origin))
      const known = records.filter(({ origin }) => this.counts.has(origin))
      if (fresh.length > 0) await this.#options.changes.write((change) => this.#addIn(change, fresh))
      if (known.length > 0) await this.#addCounts(known)
      // One may have been removed meanwhile.
      for (const record of known) if (this.counts.has(record.origin)) this.counts.set(record)
    })
  }

  /** Another gateway may have inserted it, and decided about it, a moment ago. */
  async #addIn(change: Change, records: readonly OriginRecord[]): Promise<void> {
    for (const record of sorted(records)) {
      const { rows } = await change.client.query<{ version: number }>(`${INSERT} ${ADD_COUNTS} RETURNING version`, [
        ...this.#values(record),
        change.n,
      ])
      if (rows[0]?.version === change.n) change.wrote('origins', record.origin)
      change.whenCommitted(() => this.counts.set(record))
    }
  }

  /** In one order at all gateways, so that two never wait for each other. */
  async #addCounts(records: readonly OriginRecord[]): Promise<void> {
    const added = sorted(records).map((record) => ({ ...record, ...this.counts.unwritten(record) }))
    await this.#options.database.query(
      `WITH added AS (
         SELECT origin, added.seen, added.requests, added.refused FROM origins JOIN unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
           AS added (origin, seen, requests, refused) USING (origin) ORDER BY origin FOR NO KEY UPDATE OF origins
       )
       UPDATE origins SET last_seen_at = GREATEST(last_seen_at, added.seen), requests = origins.requests + added.requests,
         refused = origins.refused + added.refused, touched = nextval('touches') FROM added WHERE origins.origin = added.origin`,
      [
        added.map(({ origin }) => origin),
        added.map(({ lastSeenAt }) => lastSeenAt),
        added.map(({ requests }) => requests),
        added.map(({ refused }) => refused),
      ],
    )
  }

  #values(record: OriginRecord): unknown[] {
    const { requests, refused } = this.counts.unwritten(record)
    const { origin, status, decidedBy, label, firstSeenAt, lastSeenAt } = record
    return [origin, status, decidedBy, label, firstSeenAt, lastSeenAt, requests, refused]
  }
}

function sorted(records: readonly OriginRecord[]): OriginRecord[] {
  return records.toSorted((one, other) => (one.origin < other.origin ? -1 : 1))
}
