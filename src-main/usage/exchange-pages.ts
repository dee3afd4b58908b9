import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Exchange, type ExchangeFilter, fitsFilter } from '#shared/gateway/exchange.ts'
import type { Cursor, UsageStore } from './ports.ts'

export interface PageQuery extends ExchangeFilter {
  readonly limit: number
  /** The last exchange of the previous page. */
  readonly before?: { readonly time: number; readonly id: string } | undefined
}

/** Reading so many takes a millisecond or two. Then streams get their turn. */
const IN_A_TURN = 200

/** A page of exchanges, newest first. The gateway runs between two steps of the walk. */
export async function readPage(store: UsageStore, { limit, before, ...filter }: PageQuery): Promise<Exchange[]> {
  const found: Exchange[] = []
  let after: Cursor | undefined = before === undefined ? undefined : await store.cursorOf(before.time, before.id)
  for (;;) {
    const most = Math.min(IN_A_TURN, limit - found.length)
    const step = await store.walk({ filter, order: 'newest first', after, limit: most })
    found.push(...step.found)
    if (step.next === undefined || found.length >= limit) return found
    after = step.next
    await nextTurn()
  }
}

/** Exchanges for a file, oldest first, in batches. */
export interface ExchangeExport {
  /** The number of exchanges at the start of the export. */
  readonly count: number
  readonly batches: AsyncIterable<readonly Exchange[]>
}

const BATCH = 500

export async function exportExchanges(
  store: Pick<UsageStore, 'walk' | 'countStep'>,
  filter: ExchangeFilter,
): Promise<ExchangeExport> {
  return { count: await countExchanges(store, filter), batches: walkAll(store, filter) }
}

async function countExchanges(store: Pick<UsageStore, 'countStep'>, filter: ExchangeFilter): Promise<number> {
  let count = 0
  let after: Cursor | undefined
  for (;;) {
    const step = await store.countStep({ filter, after })
    count += step.found
    if (step.next === undefined) return count
    after = step.next
    await nextTurn()
  }
}

async function* walkAll(store: Pick<UsageStore, 'walk'>, filter: ExchangeFilter): AsyncGenerator<readonly Exchange[]> {
  let after: Cursor | undefined
  for (;;) {
    const step = await store.walk({ filter, order: 'oldest first', after, limit: BATCH })
    if (step.found.length > 0) yield step.found
    if (step.next === undefined) return
    after = step.next
    await nextTurn()
  }
}

/** True if an exchange that is not written yet belongs on the page. */
export function fits(exchange: Exchange, { before, ...filter }: PageQuery): boolean {
  return fitsFilter(exchange, filter) && exchange.time < (before?.time ?? Infinity)
}
