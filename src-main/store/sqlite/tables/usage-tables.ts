import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { SummedBy } from '#shared/usage/usage-sums.ts'
import type { Checkpoints } from '../file/checkpoints.ts'
import type { Connection, Run } from '../file/connection.ts'
import { createCoverage } from '../sums/coverage.ts'
import { createDimensionSums } from '../sums/dimension-sums.ts'
import { createPendingSums } from '../sums/pending-sums.ts'
import { createQuarterSums } from '../sums/quarter-sums.ts'
import { createRememberedReports } from '../sums/remembered-reports.ts'
import { createRollUp } from '../sums/roll-up.ts'
import { createSumsWriter } from '../sums/sums-writer.ts'
import { createUsageReports } from '../sums/usage-reports.ts'
import { toRow, toSummedRow } from './exchange-row.ts'
import { createExchangeTable } from './exchange-table.ts'
import { type Cursor, createExchangeWalk } from './exchange-walk.ts'
import { createForgetting, type Traces } from './forget.ts'
import { createInternedStrings } from './interned-strings.ts'

/** Exchanges and their sums, as the usage room wants them. */
export type UsageTables = ReturnType<typeof createUsageTables>

export interface UsageTablesOptions {
  readonly db: Connection
  readonly run: Run
  readonly checkpoints: Pick<Checkpoints, 'afterWrite' | 'settled' | 'caughtUp' | 'run'>
}

export function createUsageTables({ db, run, checkpoints }: UsageTablesOptions) {
  const strings = createInternedStrings(db)
  const exchanges = createExchangeTable(db)
  const exchangeWalk = createExchangeWalk(db, strings)
  const quarters = createQuarterSums(db)
  const coverage = createCoverage(db)
  const dimensions = createDimensionSums(db, coverage)
  const pending = createPendingSums(strings)
  const writer = createSumsWriter({ db, strings, quarters, dimensions, pending })
  const makeBlocks = createRollUp({ db, quarters, dimensions, coverage })
  const rollUp = (current: number) => writer.writeBefore(current) || makeBlocks(current)
  const forgetting = createForgetting({
    db,
    exchanges,
    pending,
    writer,
    dimensions,
    coverage,
    rollUp,
    strings,
    checkpoints,
  })
  const reports = createUsageReports({ db, quarters, pending, dimensions, coverage, strings })
  const remembered = createRememberedReports(reports, coverage.latest())
  const append = db.transaction((kept: readonly Exchange[], summedOnly: readonly Exchange[]) => {
    const rows = kept.map((exchange) => toRow(exchange, strings))
    exchanges.insert(rows, writer.nextNumber())
    writer.addAtOnce(summedOnly.map((exchange) => toSummedRow(exchange, strings)))
    return rows
  })
  const appendOrForget = (kept: readonly Exchange[], summedOnly: readonly Exchange[]) => {
    try {
      return append.immediate(kept, summedOnly)
    } catch (error) {
      // The numbers given out in a transaction that was rolled back are not in the file.
      strings.forget()
      throw error
    }
  }

  /** A step of upkeep: thousands may follow one another. */
  async function upkeep<T>(step: () => T): Promise<T> {
    await checkpoints.settled()
    const done = await run(step)
    checkpoints.afterWrite()
    return done
  }

  return {
    async append(kept: readonly Exchange[], summedOnly: readonly Exchange[]) {
      await checkpoints.caughtUp()
      await run(() => {
        writer.gather(appendOrForget(kept, summedOnly))
        remembered.changedAt(Math.min(earliestQuarter(kept), earliestQuarter(summedOnly)))
        checkpoints.afterWrite()
      })
      // The batch is written: where this fails, sums wait on, and the next batch meets what was in the way.
      await run(() => writer.writeSurplus()).catch(() => undefined)
    },
    walk: (step: {
      filter: ExchangeFilter
      order: 'newest first' | 'oldest first'
      after: Cursor | undefined
      limit: number
    }) => run(() => exchangeWalk.walk(step)),
    countStep: (step: { filter: ExchangeFilter; after: Cursor | undefined }) =>
      run(() => exchangeWalk.countStep({ ...step, order: 'oldest first' })),
    cursorOf: (time: number, id: string) => run(() => exchangeWalk.cursorOf(time, id)),
    sums: (by: SummedBy, from: number, to: number) => run(() => remembered.sums(by, from, to)),
    times: (by: SummedBy, from: number, to: number) => run(() => remembered.times(by, from, to)),
    keyModels: (from: number, to: number, keyId?: string) =>
      run(() => {
        if (keyId === undefined) return reports.keyModels(from, to, undefined)
        const key = strings.find(keyId)
        return key === undefined ? [] : reports.keyModels(from, to, key)
      }),
    firstQuarter: () => run(() => smallest(quarters.nextFrom(0), pending.firstQuarter())),
    tokensSince: (keyId: string, quarter: number, upto: number) =>
      run(() => {
        const key = strings.find(keyId)
        if (key === undefined) return 0
        const waiting = pending.within(quarter, upto).filter((sums) => sums.key === key)
        const rows = [...quarters.ofKey(key, quarter, upto), ...waiting]
        return rows.reduce((sum, row) => sum + row.prompt_tokens + row.completion_tokens, 0)
      }),
    rollUp: (currentQuarter: number) => upkeep(() => rollUp(currentQuarter)),
    hasTraces: (whose: Traces) => run(() => forgetting.hasTraces(whose)),
    /** Deletes all traces of a key or an origin, or everything; resolves to how many exchanges went. */
    forget: (whose: Traces | 'everything', currentQuarter: number) =>
      run(async () => {
        try {
          return await (whose === 'everything' ? forgetting.everything() : forgetting.traces(whose, currentQuarter))
        } finally {
          remembered.changedAt(0)
        }
      }),
    prune: (before: number, limit: number) =>
      upkeep(() => {
        // Out of the exchanges they would be made anew after a crash.
        while (writer.writeBefore(Math.floor(before / QUARTER_MS) + 1));
        return exchanges.prune(before, limit)
      }),
    /** Gives at most so many free pages back to the disk; resolves to whether there may be more. */
    shrink: (pages: number) =>
      upkeep(() => {
        const before = freePages(db)
        if (before === 0) return false
        db.pragma(`incremental_vacuum(${pages})`)
        const after = freePages(db)
        return after > 0 && after < before
      }),
    /** Writes what is not in the sums yet. Where that fails, the next start makes it anew. */
    settle: () => run(() => writer.writeAll()),
  }
}

function earliestQuarter(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((earliest, { time }) => Math.min(earliest, Math.floor(time / QUARTER_MS)), Infinity)
}

function smallest(...numbers: readonly (number | undefined)[]): number | undefined {
  return numbers.reduce((one, other) => (one === undefined || (other ?? one) < one ? other : one), undefined)
}

function freePages(db: Connection): number {
  return Number(db.pragma('freelist_count', { simple: true }))
}
