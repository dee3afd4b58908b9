import type { Client, Database } from '../connection/database.ts'
import type { Lease } from '../contact/lease.ts'
import { divide, firstShare } from './divide.ts'
import { readSignals, type ShareSignals, SIGNALS_CHANNEL, signalPayloads } from './signals.ts'

interface SharedLimit {
  readonly whose: 'key' | 'person'
  readonly kind: 'requests' | 'tokens' | 'concurrency'
  readonly id: string
  readonly period: number
}

interface Ask extends SharedLimit {
  readonly limit: number
  readonly keep: number
  readonly used: number
  readonly busy: number
  readonly before: number
  readonly wants: 'nothing' | 'first' | 'more'
  readonly isStarving: boolean
}

interface Answer {
  readonly share: number
  readonly countedElsewhere: number
  readonly isFirstOfAll: boolean
  readonly elsewhere: number
  readonly claimed: number
  readonly first: number
}

interface LimitRow {
  /** The position of the ask, from 1. */
  readonly n: number
  readonly ended: number
  /** null without a row of this gateway. */
  readonly share: number | null
  readonly busy: number | null
  readonly used: number
  readonly claimed: number
  readonly gateways: number
}

interface ShareTableOptions {
  readonly database: Database
  /** The id of this gateway's row. */
  readonly gateway: () => number
  readonly lease: Lease
}

interface Listener {
  heard(signals: ShareSignals): void
  missed(): void
}

/** Limits by whose, kind, id and period, as parallel lists. */
const ASKED = `unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY AS asked (whose, kind, id, period, n)`
const SAME = `(asked.whose, asked.kind, asked.id, asked.period)`

/**
 * True for a row of a gateway that may still use it. The requests of a gateway that has ended count as long as they are less than
 * a minute old. A lease ends a minute later than its gateway may use anything, so nothing has to be waited for then. But a gateway
 * that was cut off may have spent all of its tokens, so they stay its own until it begins again or another one does in its place.
 */
const IN_USE = `EXISTS (
  SELECT 1 FROM gateways WHERE gateways.id = shares.gateway AND CASE WHEN gateways.ended_at IS NULL
    THEN shares.kind = 'tokens' OR gateways.alive_until > now()
    ELSE shares.kind = 'requests' AND gateways.ended_at > now() - interval '60 s' END)`

/** The shares of all gateways in each limit. Every change locks the rows of its limits, always in the same order. */
export class ShareTable {
  readonly #options: ShareTableOptions
  readonly #listeners = new Set<Listener>()
  #moves = 0

  constructor(options: ShareTableOptions) {
    this.#options = options
  }

  get lease(): Lease {
    return this.#options.lease
  }

  /** Returns a function that removes the listener. */
  onSignals(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How often shares of this gateway have become larger or smaller since the start. */
  get moves(): number {
    return this.#moves
  }

  /** Call for each notification on `SIGNALS_CHANNEL`. */
  hear(payload: string): void {
    const signals = readSignals(payload, this.#options.gateway())
    if (signals !== undefined) for (const listener of this.#listeners) listener.heard(signals)
  }

  /** Call when the notifications on `SIGNALS_CHANNEL` begin, or begin again after some were lost. */
  missed(): void {
    for (const listener of this.#listeners) listener.missed()
  }

  /** In one transaction; answers in the order of the asks. */
  move(asks: readonly Ask[]): Promise<Answer[]> {
    const { database, gateway } = this.#options
    const me = gateway()
    return database.transaction(async (client) => {
      const created = await lock(client, asks)
      await takeBack(client, asks, me)
      const rows = await read(client, asks, me)
      const moves = asks.map((ask, index) => moveOf(ask, rows[index] as LimitRow, created.has(nameOf(ask))))
      await write(client, moves, me)
      this.#moves += moves.filter(({ answer }, index) => answer.share !== (rows[index]?.share ?? 0)).length
      for (const payload of signalPayloads(me, signalsOf(moves))) {
        await client.query('SELECT pg_notify($1, $2)', [SIGNALS_CHANNEL, payload])
      }
      return moves.map(({ answer }) => answer)
    })
  }

  /** Counts tokens of today from before the limit was set. */
  async addSpent({ whose, kind, id, period }: SharedLimit, tokens: number): Promise<void> {
    await this.#options.database.query(
      'UPDATE limit_pools SET ended = ended + $5 WHERE whose = $1 AND kind = $2 AND id = $3 AND period = $4',
      [whose, kind, id, period, tokens],
    )
  }

  /** What others use of each limit of which they use anything. */
  async useElsewhere(): Promise<(SharedLimit & { readonly used: number })[]> {
    const { rows } = await this.#options.database.query<SharedLimit & { readonly used: number }>(
      `SELECT whose, kind, id, period, SUM(used) AS used FROM (
         SELECT whose, kind, id, period, used FROM limit_shares AS shares
           WHERE gateway <> $1 AND used > 0 AND (kind = 'tokens' OR ${IN_USE})
         UNION ALL SELECT whose, kind, id, period, ended FROM limit_pools WHERE ended > 0) AS uses
       GROUP BY whose, kind, id, period`,
      [this.#options.gateway()],
    )
    return rows
  }

  /** Resolves to true for the first gateway that asks. */
  async claimWarning(personId: string, day: number): Promise<boolean> {
    const { rowCount } = await this.#options.database.query(
      `INSERT INTO limit_pools (whose, kind, id, period, warned) VALUES ('person', 'tokens', $1, $2, 1)
       ON CONFLICT (whose, kind, id, period) DO UPDATE SET warned = 1 WHERE limit_pools.warned = 0`,
      [personId, day],
    )
    return rowCount === 1
  }

  /** Deletes what is of no use any more: days before `day` (ms UTC), and limits of which nobody has a share. */
  async prune(day: number): Promise<void> {
    await this.#options.database.query(`DELETE FROM limit_shares WHERE kind = 'tokens' AND period < $1`, [day])
    await this.#options.database.query(
      `DELETE FROM limit_pools WHERE (whose, kind, id, period) IN (
         SELECT whose, kind, id, period FROM limit_pools AS pools WHERE (kind <> 'tokens' OR period < $1)
           AND NOT EXISTS (SELECT 1 FROM limit_shares AS shares WHERE (shares.whose, shares.kind, shares.id, shares.period)
             = (pools.whose, pools.kind, pools.id, pools.period)) FOR UPDATE SKIP LOCKED)`,
      [day],
    )
  }
}

function listsOf(asks: readonly SharedLimit[]): unknown[] {
  return [
    asks.map(({ whose }) => whose),
    asks.map(({ kind }) => kind),
    asks.map(({ id }) => id),
    asks.map(({ period }) => period),
  ]
}

/**
 * Makes and locks the rows in one order, so that two gateways never wait for each other. Resolves to the names of those that it
 * made.
 */
async function lock(client: Client, asks: readonly SharedLimit[]): Promise<Set<string>> {
  const lists = listsOf(asks)
  const { rows } = await client.query<SharedLimit>(
    `INSERT INTO limit_pools (whose, kind, id, period) SELECT whose, kind, id, period FROM ${ASKED} ORDER BY 1, 2, 3, 4
     ON CONFLICT DO NOTHING RETURNING whose, kind, id, period`,
    lists,
  )
  await client.query(
    `SELECT 1 FROM limit_pools AS pools JOIN ${ASKED} ON ${SAME} = (pools.whose, pools.kind, pools.id, pools.period)
     ORDER BY pools.whose, pools.kind, pools.id, pools.period FOR UPDATE OF pools`,
    lists,
  )
  return new Set(rows.map(nameOf))
}

/** Removes the shares of gateways that are gone. The tokens that they had spent or reserved stay spent. */
async function takeBack(client: Client, asks: readonly SharedLimit[], me: number): Promise<void> {
  await client.query(
    `WITH gone AS (
       DELETE FROM limit_shares AS shares USING ${ASKED}
       WHERE ${SAME} = (shares.whose, shares.kind, shares.id, shares.period) AND shares.gateway <> $5 AND NOT ${IN_USE}
       RETURNING shares.whose, shares.kind, shares.id, shares.period, shares.busy),
     spent AS (SELECT whose, kind, id, period, SUM(busy) AS busy FROM gone WHERE kind = 'tokens' GROUP BY 1, 2, 3, 4)
     UPDATE limit_pools AS pools SET ended = pools.ended + spent.busy FROM spent
     WHERE (pools.whose, pools.kind, pools.id, pools.period) = (spent.whose, spent.kind, spent.id, spent.period)`,
    [...listsOf(asks), me],
  )
}

async function read(client: Client, asks: readonly SharedLimit[], me: number): Promise<LimitRow[]> {
  const { rows } = await client.query<LimitRow>(
    `SELECT asked.n, pools.ended, mine.share, mine.busy, COALESCE(others.used, 0) AS used,
       COALESCE(others.claimed, 0) AS claimed,
       (SELECT COUNT(*) FROM gateways WHERE ended_at IS NULL AND alive_until > now()) AS gateways
     FROM ${ASKED}
     JOIN limit_pools AS pools ON ${SAME} = (pools.whose, pools.kind, pools.id, pools.period)
     LEFT JOIN limit_shares AS mine
       ON ${SAME} = (mine.whose, mine.kind, mine.id, mine.period) AND mine.gateway = $5
     LEFT JOIN LATERAL (
       SELECT SUM(used) AS used, SUM(GREATEST(share, busy)) AS claimed FROM limit_shares AS shares
       WHERE ${SAME} = (shares.whose, shares.kind, shares.id, shares.period) AND shares.gateway <> $5) AS others ON true
     ORDER BY asked.n`,
    [...listsOf(asks), me],
  )
  if (rows.length !== asks.length) throw new Error('a limit was pruned while its shares were moved')
  return rows
}

interface Move {
  readonly ask: Ask
  readonly answer: Answer
  /** True if nobody had a part before, and after. */
  readonly wasFull: boolean
  readonly isFull: boolean
}

function moveOf(asked: Ask, row: LimitRow, isFirstOfAll: boolean): Move {
  const countedElsewhere = row.share === null && !isFirstOfAll ? Math.min(asked.before, asked.busy) : 0
  const ask = withoutCounted(asked, countedElsewhere)
  const others = row.claimed + row.ended
  const { share, claimed } = divide(ask, { mine: row.share ?? 0, others, gateways: row.gateways })
  const first = firstShare(ask.limit, row.gateways)
  const answer = { share, countedElsewhere, isFirstOfAll, elsewhere: row.used + row.ended, claimed, first }
  const before = others + Math.max(row.share ?? 0, row.busy ?? 0)
  return { ask, answer, wasFull: before >= ask.limit, isFull: claimed >= ask.limit }
}

function withoutCounted(ask: Ask, counted: number): Ask {
  return counted === 0 ? ask : { ...ask, busy: ask.busy - counted, used: Math.max(0, ask.used - counted) }
}

/** A share of nothing needs no row, unless it has spent tokens. */
async function write(client: Client, moves: readonly Move[], me: number): Promise<void> {
  const kept = moves.filter(({ ask, answer }) => ask.wants !== 'nothing' || answer.share > 0 || ask.busy > 0)
  const empty = moves.filter((move) => !kept.includes(move))
  if (kept.length > 0) {
    await client.query(
      `INSERT INTO limit_shares (whose, kind, id, period, gateway, share, used, busy)
       SELECT asked.whose, asked.kind, asked.id, asked.period, $5, asked.share, asked.used, asked.busy
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
         AS asked (whose, kind, id, period, share, used, busy)
       ON CONFLICT (whose, kind, id, period, gateway) DO UPDATE SET share = excluded.share, used = excluded.used,
         busy = excluded.busy
       WHERE (limit_shares.share, limit_shares.used, limit_shares.busy) IS DISTINCT FROM
         (excluded.share, excluded.used, excluded.busy)`,
      [
        ...listsOf(kept.map(({ ask }) => ask)),
        me,
        kept.map(({ answer }) => answer.share),
        kept.map(({ ask }) => ask.used),
        kept.map(({ ask }) => ask.busy),
      ],
    )
  }
  if (empty.length > 0) {
    await client.query(
      `DELETE FROM limit_shares AS shares USING ${ASKED}
       WHERE ${SAME} = (shares.whose, shares.kind, shares.id, shares.period) AND shares.gateway = $5`,
      [...listsOf(empty.map(({ ask }) => ask)), me],
    )
  }
}

function signalsOf(moves: readonly Move[]): ShareSignals {
  const names = (which: (move: Move) => boolean) => moves.filter(which).map(({ ask }) => nameOf(ask))
  return { starving: names(isStarving), full: names(isFullNow), room: names(isFreeNow) }
}

function isStarving({ ask, answer }: Move): boolean {
  if (ask.isStarving) return answer.share <= ask.busy
  return ask.wants === 'first' && answer.share === 0 && answer.first > 0
}

function isFullNow({ wasFull, isFull }: Move): boolean {
  return isFull && !wasFull
}

function isFreeNow({ wasFull, isFull }: Move): boolean {
  return wasFull && !isFull
}

function nameOf({ whose, kind, id }: SharedLimit): string {
  return `${whose}:${kind}:${id}`
}
