import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Checkpoints } from '../file/checkpoints.ts'
import type { Connection } from '../file/connection.ts'
import type { Coverage } from '../sums/coverage.ts'
import type { DimensionSums } from '../sums/dimension-sums.ts'
import { SUM_DIMENSIONS } from '../sums/dimensions.ts'
import type { PendingSums } from '../sums/pending-sums.ts'
import type { RollUp } from '../sums/roll-up.ts'
import type { SumsWriter } from '../sums/sums-writer.ts'
import type { ExchangeTable } from './exchange-table.ts'
import type { InternedStrings } from './interned-strings.ts'

/** Whose traces are to go. */
export type Traces = { readonly keyId: string } | { readonly origin: string }

export interface ForgetOptions {
  readonly db: Connection
  readonly exchanges: ExchangeTable
  readonly pending: PendingSums
  readonly writer: Pick<SumsWriter, 'writeSome' | 'markAll'>
  readonly dimensions: DimensionSums
  readonly coverage: Coverage
  readonly rollUp: RollUp
  readonly strings: InternedStrings
  readonly checkpoints: Pick<Checkpoints, 'afterWrite' | 'settled' | 'run'>
}

export interface Forgetting {
  /** Whether anything of a key or an origin is in the use or in the audit trail. */
  hasTraces(whose: Traces): boolean
  /**
   * Deletes every exchange of a key or an origin, takes them out of the sums, and overwrites the places where they
   * stood. Works in small steps. Resolves to how many exchanges went; what is written meanwhile is right.
   */
  traces(whose: Traces, currentQuarter: number): Promise<number>
  /** Deletes all use there is, and the audit trail; resolves to how many exchanges there were. */
  everything(): Promise<number>
}

/** Row numbers looked at in one step. */
const ROWS_AT_ONCE = 2000
/** Quarters looked at in one step: a day. */
const QUARTERS_AT_ONCE = 96
const TABLES_OF_USE = ['exchanges', 'quarter_sums', 'dimension_sums', 'sums_reach', 'terms', 'audit'] as const

export function createForgetting(options: ForgetOptions): Forgetting {
  const { db, exchanges, pending, writer, dimensions, coverage, rollUp, strings, checkpoints } = options
  const next = db.prepare<[number], number | null>('SELECT MIN(quarter) FROM quarter_sums WHERE quarter >= ?').pluck()
  const dropDay = {
    key: db.prepare<[number, number, number]>(
      'DELETE FROM quarter_sums WHERE quarter >= ? AND quarter < ? AND key = ?',
    ),
    origin: db.prepare<[number, number, number]>(
      'DELETE FROM quarter_sums WHERE quarter >= ? AND quarter < ? AND origin = ?',
    ),
  }
  const dropTerm = db.prepare<[number]>('DELETE FROM terms WHERE id = ?')
  const inAudit = db.prepare<[string], number>('SELECT 1 FROM audit WHERE subject = ? LIMIT 1').pluck()
  const dropAudit = db.prepare<[string]>('DELETE FROM audit WHERE subject = ?')

  async function afterStep(): Promise<void> {
    checkpoints.afterWrite()
    await checkpoints.settled()
    await nextTurn()
  }

  async function dropExchanges(what: { key: number } | { origin: number }): Promise<number> {
    let deleted = 0
    let after = -1
    for (;;) {
      const step = exchanges.forget(what, after, ROWS_AT_ONCE)
      if (step === undefined) return deleted
      deleted += step.deleted
      after = step.after
      await afterStep()
    }
  }

  /** Sums by dimension that had a part in it are no longer read from the moment on in which the quarters change. */
  const dropQuarters = db.transaction((column: 'key' | 'origin', term: number, from: number) => {
    if (dropDay[column].run(from, from + QUARTERS_AT_ONCE, term).changes > 0) coverage.endAt(from)
  })

  async function dropSums(column: 'key' | 'origin', term: number, currentQuarter: number): Promise<void> {
    try {
      for (let from = next.get(0) ?? null; from !== null; from = next.get(from + QUARTERS_AT_ONCE) ?? null) {
        dropQuarters.immediate(column, term, from)
        await afterStep()
      }
    } finally {
      // What was said in a transaction that was rolled back is not in the file.
      coverage.reload()
    }
    while (rollUp(currentQuarter)) await afterStep()
    dropUnreadBlocks()
  }

  /** Blocks that nothing was left to make anew. */
  function dropUnreadBlocks(): void {
    for (const dimension of SUM_DIMENSIONS) {
      for (const { width, upto } of coverage.levels(dimension)) {
        dimensions.drop({ dimension, width, from: upto, to: Number.MAX_SAFE_INTEGER })
      }
    }
  }

  return {
    hasTraces(whose) {
      const [, text] = columnAndText(whose)
      return strings.find(text) !== undefined || inAudit.get(text) !== undefined
    },
    async traces(whose, currentQuarter) {
      const [column, text] = columnAndText(whose)
      const term = strings.find(text)
      return overwriting(options, async () => {
        dropAudit.run(text)
        if (term === undefined) return 0
        while (writer.writeSome()) await afterStep()
        const deleted = await dropExchanges(column === 'key' ? { key: term } : { origin: term })
        await dropSums(column, term, currentQuarter)
        // What came in meanwhile: its term is nobody's in a moment.
        pending.drop(pending.within(0, Infinity).filter((sums) => sums[column] === term))
        dropTerm.run(term)
        strings.forget()
        return deleted
      })
    },
    everything: () =>
      overwriting(options, async () => {
        const count = Number(db.prepare('SELECT COUNT(*) FROM exchanges').pluck().get())
        db.transaction(() => {
          for (const table of TABLES_OF_USE) db.exec(`DELETE FROM ${table}`)
          writer.markAll()
        }).immediate()
        pending.drop(pending.within(0, Infinity))
        strings.forget()
        coverage.reload()
        return count
      }),
  }
}

function columnAndText(whose: Traces): readonly ['key' | 'origin', string] {
  return 'keyId' in whose ? ['key', whose.keyId] : ['origin', whose.origin]
}

/** A deleted row otherwise stays legible in the file until its place is used again; and in the log until it is emptied. */
async function overwriting<T>(
  { db, checkpoints }: Pick<ForgetOptions, 'db' | 'checkpoints'>,
  work: () => Promise<T>,
): Promise<T> {
  db.pragma('secure_delete = ON')
  try {
    return await work()
  } finally {
    db.pragma('secure_delete = OFF')
    // Two at once would leave the log as it is; and what has been copied before is not copied here.
    await checkpoints.run()
    db.pragma('wal_checkpoint(TRUNCATE)')
  }
}
