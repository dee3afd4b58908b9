import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import {
  type BlockCursor,
  type BlockRange,
  NO_TEXT,
  type NumberRange,
  type SumDimension,
  type SumKey,
  type SummedExchange,
  type SumsChange,
  type UseOf,
  type Written,
} from '#shared/usage/sum-rows.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import { toSummed } from '../../rows/exchange-row.ts'
import type { Checkpoints } from '../file/checkpoints.ts'
import type { Connection, Run } from '../file/connection.ts'
import { type BlockTable, type CoverageTable, createBlockTable, createCoverageTable } from './block-table.ts'
import { createExchangeTable, type ExchangeTable } from './exchange-table.ts'
import { type Cursor, createExchangeWalk } from './exchange-walk.ts'
import { InternedStrings } from './interned-strings.ts'
import { createQuarterTable, type QuarterTable } from './quarter-table.ts'

/** The rows of exchanges and their sums. The usage room determines what is summed and when. */
export type UsageRows = ReturnType<typeof createUsageRows>

export interface UsageRowsOptions {
  readonly db: Connection
  readonly run: Run
  readonly checkpoints: Pick<Checkpoints, 'afterWrite' | 'settled' | 'caughtUp' | 'run'>
}

interface Tables {
  readonly db: Connection
  readonly strings: InternedStrings
  readonly exchanges: ExchangeTable
  readonly quarters: QuarterTable
  readonly blocks: BlockTable
  readonly coverage: CoverageTable
  readonly written: ReturnType<typeof createWrittenTable>
}

export function createUsageRows({ db, run, checkpoints }: UsageRowsOptions) {
  const strings = new InternedStrings(db)
  const tables: Tables = {
    db,
    strings,
    exchanges: createExchangeTable(db, strings),
    quarters: createQuarterTable(db),
    blocks: createBlockTable(db),
    coverage: createCoverageTable(db),
    written: createWrittenTable(db),
  }
  /** Writes, and starts a checkpoint if the log has grown long. */
  const write: Run = (work) =>
    run(async () => {
      const done = await work()
      checkpoints.afterWrite()
      return done
    })
  return {
    ...readersOf(tables, run),
    ...writersOf(tables, write),
    ...walkOf(tables, run),
    ...diskOf(tables, run, checkpoints),
  }
}

interface Batch {
  readonly kept: readonly Exchange[]
  readonly summedOnly: readonly Exchange[]
  readonly first: number
  readonly sumUp: (exchanges: readonly SummedExchange[]) => SumsChange
}

const TABLES_OF_USE = ['exchanges', 'quarter_sums', 'dimension_sums', 'sums_reach', 'terms'] as const

function writersOf(tables: Tables, write: Run) {
  const { exchanges, strings } = tables
  const applySums = sumsWriter(tables)
  const change = tables.db.transaction(applySums)
  const append = exchangeWriter(tables, applySums)
  const forgetAll = eraser(tables)
  return {
    append: (batch: Batch) => write(() => forgetIfRolledBack(strings, () => append.immediate(batch))),
    apply: (sums: SumsChange) => write(() => change.immediate(sums)),
    pruneExchanges: (before: number, limit: number) => write(() => exchanges.prune(before, limit)),
    forgetExchanges: (of: UseOf, after: number, limit: number) => write(() => exchanges.forget(of, after, limit)),
    forgetText: (number: number) => write(() => strings.remove(number)),
    forgetAll: (next: Written) => write(() => forgetAll.immediate(next)),
  }
}

/** Use it within a transaction. Returns the number of deleted rows. */
function sumsWriter({ quarters, blocks, coverage, written }: Tables) {
  return (change: SumsChange): number => {
    let dropped = change.dropQuarters === undefined ? 0 : quarters.drop(change.dropQuarters)
    for (const range of change.dropBlocks ?? []) dropped += blocks.drop(range)
    for (const row of change.quarters ?? []) quarters.add(row)
    for (const row of change.blocks ?? []) blocks.add(row)
    for (const row of change.coverage ?? []) coverage.put(row)
    if (change.written !== undefined) written.put(change.written)
    return dropped
  }
}

function exchangeWriter({ db, strings, exchanges }: Tables, applySums: (change: SumsChange) => number) {
  return db.transaction(({ kept, summedOnly, first, sumUp }: Batch) => {
    const summed = exchanges.insert(kept, first)
    if (summedOnly.length > 0) applySums(sumUp(summedOnly.map((exchange) => toSummed(exchange, strings))))
    return summed
  })
}

function eraser({ db, strings, exchanges, written }: Tables) {
  return db.transaction((next: Written) => {
    const count = exchanges.count()
    for (const table of TABLES_OF_USE) db.exec(`DELETE FROM ${table}`)
    written.put(next)
    strings.forget()
    return count
  })
}

/** After a rollback the file lacks the texts that got a number in the transaction. */
function forgetIfRolledBack<T>(strings: InternedStrings, work: () => T): T {
  try {
    return work()
  } catch (error) {
    strings.forget()
    throw error
  }
}

function readersOf({ strings, exchanges, quarters, blocks, coverage, written }: Tables, run: Run) {
  return {
    state: () => run(() => ({ written: written.load(), highest: exchanges.highest(), coverage: coverage.load() })),
    numberOf: (text: string) => run(() => strings.find(text)),
    textsOf: (numbers: readonly number[]) =>
      run(() => numbers.map((number) => (number === NO_TEXT ? undefined : strings.textOf(number)))),
    exchangesAfter: (number: number, limit: number) => run(() => exchanges.after(number, limit)),
    quarters: (from: number, to: number) => run(() => quarters.rows(from, to)),
    quarterCounts: (by: SummedBy, from: number, to: number) => run(() => quarters.counts(by, from, to)),
    quarterPairs: (from: number, to: number) => run(() => quarters.pairs(from, to)),
    quarterCountsOfKey: (key: number, from: number, to: number) => run(() => quarters.countsOfKey(key, from, to)),
    quartersOfKeys: (keys: NumberRange, from: number, to: number) => run(() => quarters.rowsOfKeys(keys, from, to)),
    hasQuarters: (of: UseOf, from: number, to: number) => run(() => quarters.has(of, from, to)),
    nextQuarter: (quarter: number) => run(() => quarters.next(quarter)),
    uptoOf: (sumKey: SumKey) => run(() => quarters.uptoOf(sumKey)),
    blocks: (range: BlockRange, after: BlockCursor | undefined, values?: NumberRange) =>
      run(() => blocks.batch(range, after, values)),
    blockCounts: (range: BlockRange, values?: NumberRange) => run(() => blocks.counts(range, values)),
    nextBlock: (dimension: SumDimension, width: number, quarter: number) =>
      run(() => blocks.next(dimension, width, quarter)),
  }
}

function walkOf({ db, strings }: Tables, run: Run) {
  const exchangeWalk = createExchangeWalk(db, strings)
  return {
    walk: (step: {
      filter: ExchangeFilter
      order: 'newest first' | 'oldest first'
      after: Cursor | undefined
      limit: number
    }) => run(() => exchangeWalk.walk(step)),
    countStep: (step: { filter: ExchangeFilter; after: Cursor | undefined }) =>
      run(() => exchangeWalk.countStep({ ...step, order: 'oldest first' })),
    placesStep: (step: { filter: ExchangeFilter; after: Cursor | undefined }) =>
      run(() => exchangeWalk.placesStep({ ...step, order: 'newest first' })),
    cursorOf: (time: number, id: string) => run(() => exchangeWalk.cursorOf(time, id)),
  }
}

function diskOf({ db }: Tables, run: Run, checkpoints: UsageRowsOptions['checkpoints']) {
  return {
    ready: (what: 'exchanges' | 'upkeep') => (what === 'upkeep' ? checkpoints.settled() : checkpoints.caughtUp()),
    /** Otherwise a deleted row stays readable in the file until its space is reused, and in the log until that is emptied. */
    erase: <T>(work: () => Promise<T>): Promise<T> =>
      run(async () => {
        db.pragma('secure_delete = ON')
        try {
          return await work()
        } finally {
          db.pragma('secure_delete = OFF')
          // Two simultaneous checkpoints would not empty the log. The thread copies first, so that this one has little to do.
          await checkpoints.run()
          db.pragma('wal_checkpoint(TRUNCATE)')
        }
      }),
    shrink: (pages: number) =>
      run(() => {
        const before = freePages(db)
        if (before === 0) return false
        db.pragma(`incremental_vacuum(${pages})`)
        const after = freePages(db)
        checkpoints.afterWrite()
        return after > 0 && after < before
      }),
  }
}

function createWrittenTable(db: Connection) {
  const select = db.prepare<[], Written>('SELECT upto, numbered FROM sums_written')
  const put = db.prepare<[number, number]>(
    `INSERT INTO sums_written (row, upto, numbered) VALUES (1, ?, ?)
     ON CONFLICT DO UPDATE SET upto = excluded.upto, numbered = excluded.numbered`,
  )
  return {
    load: () => select.get(),
    put: ({ upto, numbered }: Written) => void put.run(upto, numbered),
  }
}

function freePages(db: Connection): number {
  return Number(db.pragma('freelist_count', { simple: true }))
}
