import { type Aggregator, Gauge, type Registry } from 'prom-client'

/** What a gateway knows about the database that it shares with others. Read for each request for the metrics. */
export interface SharedFigures {
  /** How long the database has been away, in seconds; 0 while there is contact. */
  readonly awaySeconds: () => number
  /** The batches of records that wait in this gateway's file for the database. */
  readonly spooledBatches: () => number
  /** The changes by other gateways that this one has not read yet, as last known. */
  readonly changesBehind: () => number
  /** True if this gateway does the upkeep for all. */
  readonly leads: () => boolean
  /** How often a share of a limit has moved to or from this gateway since its start. */
  readonly shareMoves: () => number
}

type Row = readonly [help: string, ofSeveral: Aggregator, read: (from: SharedFigures) => number]

/** Every metric that only gateways on a shared database have, and how those of several processes on one port become one. */
export const SHARED_METRICS: Readonly<Record<string, Row>> = {
  latchkey_database_up: [
    '1 while there is contact with the database.',
    'min',
    (from) => Number(from.awaySeconds() === 0),
  ],
  latchkey_database_away_seconds: ['How long the database has been away.', 'max', (from) => from.awaySeconds()],
  latchkey_spool_batches: ['Batches of records that wait for the database.', 'sum', (from) => from.spooledBatches()],
  latchkey_changes_lag: ['Changes by other gateways that are still to be read.', 'max', (from) => from.changesBehind()],
  latchkey_leader: ['1 if this gateway does the upkeep for all.', 'max', (from) => Number(from.leads())],
  latchkey_share_moves: ['Moves of shares of limits since the start.', 'sum', (from) => from.shareMoves()],
}

export function addSharedFigures(registry: Registry, from: SharedFigures): void {
  for (const [name, [help, aggregator, read]] of Object.entries(SHARED_METRICS)) {
    new Gauge({
      name,
      help,
      aggregator,
      registers: [registry],
      collect() {
        this.set(read(from))
      },
    })
  }
}
