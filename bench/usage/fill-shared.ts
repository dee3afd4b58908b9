import type { Exchange } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import type { BlockRow, QuarterRow, SummedExchange } from '#shared/usage/sum-rows.ts'
import type { Client, Database } from '../../src-main/store/postgres/connection/database.ts'
import { blockTableOf, isPairOfShared, putRows, QUARTER_SUMS } from '../../src-main/store/postgres/usage/add-sums.ts'
import { textsOf } from '../../src-main/store/postgres/usage/exchange-rows.ts'
import { SharedUsage } from '../../src-main/store/postgres/usage/shared-usage.ts'
import { Terms } from '../../src-main/store/postgres/usage/terms.ts'
import { DIMENSION_NUMBERS } from '../../src-main/store/rows/dimension-numbers.ts'
import { toSummed } from '../../src-main/store/rows/exchange-row.ts'
import { type Accumulator, addUp, sumsOf } from '../../src-main/usage/sums/accumulator.ts'
import { HOUR, SHARED_BLOCKS, valueIn, widthsOf } from '../../src-main/usage/sums/dimensions.ts'
import { gatherAll, rowOf } from '../../src-main/usage/sums/gathered-sums.ts'
import { madeUpUse, type UseShape } from './made-up-use.ts'

const DAY = 96
const DAY_MS = 86_400_000
/** Days that are made up one by one. The others repeat them. */
const SAMPLE_DAYS = 8
const BATCH = 2000
const COPIES_AT_ONCE = 10
const BLOCK_TABLES = ['dimension_sums', 'pair_sums'] as const

export interface SharedShape extends Omit<UseShape, 'from' | 'to'> {
  readonly days: number
  /** The end of the year: ms UTC. */
  readonly now: number
  /** Raw exchanges in the last 30 days. */
  readonly raw: number
}

/**
 * Fills the tables of sums as if a year of exchanges had been recorded and rolled up: eight days are made up exchange by exchange,
 * and repeated. The sums have the cardinalities of real rows, because they are computed from exchanges.
 */
export async function fillShared(database: Database, shape: SharedShape, tell: (done: string) => void): Promise<void> {
  const terms = new Terms(database)
  const today = Math.floor(shape.now / DAY_MS) * DAY
  const first = today - shape.days * DAY
  const current = Math.floor(shape.now / QUARTER_MS)
  await database.use(async (client) => {
    await client.query('SET synchronous_commit = off')
    for (let day = 0; day < SAMPLE_DAYS; day++) {
      await fillDay(client, terms, shape, first + day * DAY)
      tell(`made up day ${day + 1} of ${SAMPLE_DAYS}`)
    }
    for (let day = SAMPLE_DAYS; day <= shape.days; day++) {
      await repeatDay(client, first + (day % SAMPLE_DAYS) * DAY, (day - (day % SAMPLE_DAYS)) * DAY)
      if (day % 30 === 0) tell(`${day} of ${shape.days} days`)
    }
    await fillWide(client, first, current)
    await cutAt(client, current)
    await fillRaw(client, database, shape)
    tell('raw exchanges')
  })
}

async function fillDay(client: Client, terms: Terms, shape: SharedShape, from: number): Promise<void> {
  const time = from * QUARTER_MS
  const exchanges = Math.round(shape.exchanges / shape.days)
  const summed: SummedExchange[] = []
  let batch: Exchange[] = []
  const take = async () => {
    await terms.learn(textsOf(batch))
    for (const one of batch) summed.push(toSummed(one, terms))
    batch = []
  }
  for (const one of madeUpUse({ ...shape, exchanges, from: time, to: time + DAY_MS, seed: from })) {
    batch.push(one)
    if (batch.length === BATCH) await take()
  }
  await take()
  const quarters = gatherAll(summed).map((gathered) => rowOf(gathered, 0))
  await putAll(quarters, (rows) => putRows(client, QUARTER_SUMS, rows))
  await putAll(
    [1, HOUR, ...SHARED_BLOCKS.wider.filter((width) => width <= DAY)].flatMap((width) => blocksOf(quarters, width)),
    (rows) => putBlocks(client, rows),
  )
}

function blocksOf(rows: readonly QuarterRow[], width: number): BlockRow[] {
  return SHARED_BLOCKS.dimensions
    .filter((dimension) => widthsOf(SHARED_BLOCKS, dimension).includes(width))
    .flatMap((dimension) =>
      [...Map.groupBy(rows, ({ quarter }) => quarter - (quarter % width))].flatMap(([start, within]) => {
        const found = new Map<number, Accumulator>()
        for (const row of within) addUp(found, valueIn(dimension, row), row)
        return Array.from(found, ([value, sums]) => ({ ...sumsOf(sums), dimension, width, start, value }))
      }),
    )
}

async function putAll<R>(rows: readonly R[], put: (rows: readonly R[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH) await put(rows.slice(at, at + BATCH))
}

async function repeatDay(client: Client, day: number, later: number): Promise<void> {
  const sums = 'requests, refused, prompt_tokens, completion_tokens, unmetered, token_ms, first_byte, duration'
  await client.query(
    `INSERT INTO quarter_sums SELECT quarter + $1::bigint, key, origin, model, route, ${sums} FROM quarter_sums
     WHERE quarter >= $2 AND quarter < $3 ORDER BY 1, 2, 3, 4, 5`,
    [later, day, day + DAY],
  )
  for (const table of BLOCK_TABLES) {
    await client.query(
      `INSERT INTO ${table} SELECT dimension, width, start + $1::bigint, value, ${sums} FROM ${table}
       WHERE width <= ${DAY} AND start >= $2 AND start < $3`,
      [later, day, day + DAY],
    )
  }
}

async function putBlocks(client: Client, rows: readonly BlockRow[]): Promise<void> {
  for (const [table, blocks] of Map.groupBy(rows, ({ dimension }) => blockTableOf(dimension))) {
    await putRows(client, table, blocks)
  }
}

/** Blocks wider than a day, from the days. */
async function fillWide(client: Client, first: number, current: number): Promise<void> {
  const wide = SHARED_BLOCKS.wider.filter((width) => width > DAY)
  const days = BLOCK_TABLES.map(
    (table) => `SELECT dimension AS number, start, value, requests, refused, prompt_tokens AS "promptTokens",
      completion_tokens AS "completionTokens", unmetered, token_ms AS "tokenMs", first_byte AS "firstByte", duration
      FROM ${table} WHERE width = ${DAY} AND start >= $1 AND start < $2`,
  )
  const found = await client.query<BlockRow & { number: number }>(days.join(' UNION ALL '), [first, current])
  for (const width of wide) {
    const blocks = new Map<string, { block: BlockRow; sums: Map<number, Accumulator> }>()
    for (const { number, ...row } of found.rows) {
      const dimension = SHARED_BLOCKS.dimensions.find((one) => DIMENSION_NUMBERS[one] === number) ?? 'all'
      const start = row.start - (row.start % width)
      if (start + width > current) continue
      const name = `${number} ${start}`
      const one = blocks.get(name) ?? {
        block: { ...row, dimension, width, start },
        sums: new Map<number, Accumulator>(),
      }
      blocks.set(name, one)
      addUp(one.sums, row.value, row)
    }
    for (const { block, sums } of blocks.values()) {
      const rows = Array.from(sums, ([value, one]) => ({ ...block, ...sumsOf(one), value }))
      await putBlocks(client, rows)
    }
  }
}

/** Deletes what is not over yet, then says which blocks there are. */
async function cutAt(client: Client, current: number): Promise<void> {
  const hour = current - (current % HOUR)
  await client.query('DELETE FROM quarter_sums WHERE quarter >= $1', [current])
  for (const dimension of SHARED_BLOCKS.dimensions) {
    for (const width of widthsOf(SHARED_BLOCKS, dimension)) {
      const number = DIMENSION_NUMBERS[dimension]
      await client.query(
        `DELETE FROM ${blockTableOf(dimension).name}
         WHERE dimension = $1 AND width = $2 AND start > $3`,
        [number, width, hour - width],
      )
      await client.query(
        `INSERT INTO ${isPairOfShared(dimension) ? 'pair_reach' : 'sums_reach'} (dimension, width, since, upto)
         VALUES ($1, $2, 0, $3)`,
        [number, width, hour - (hour % width)],
      )
    }
  }
}

/** Rows of a made-up day are copied within the database, evenly over 30 days. */
async function fillRaw(client: Client, database: Database, shape: SharedShape): Promise<void> {
  const from = shape.now - 30 * DAY_MS
  const rows = new SharedUsage(database)
  await rows.makeDays(Array.from({ length: 32 }, (_, day) => from + day * DAY_MS))
  const sample = [...madeUpUse({ ...shape, exchanges: 20_000, from, to: from + 1, seed: 1 })]
  for (let at = 0; at < sample.length; at += BATCH) {
    await rows.write(1, sample.slice(at, at + BATCH), async (batch) => {
      await batch.insert(sample.slice(at, at + BATCH))
      await batch.put([], batch.last + 1)
    })
  }
  const columns =
    'id, key, origin, user_agent, method, route, class, model, status, outcome, reason, prompt_tokens, completion_tokens, metered, first_byte_ms, duration_ms, bytes_in, bytes_out'
  const copies = Math.floor(shape.raw / sample.length) - 1
  const apart = Math.floor((30 * DAY_MS) / Math.max(1, copies))
  for (let copy = 0; copy < copies; copy += COPIES_AT_ONCE) {
    await client.query(
      `INSERT INTO exchanges (time, ${columns}) SELECT $1::bigint + 2 + copy * $2::bigint + random() * $2, ${columns}
       FROM exchanges, generate_series($3::bigint, $4::bigint - 1) AS copy WHERE time <= $1`,
      [from, apart, copy, Math.min(copies, copy + COPIES_AT_ONCE)],
    )
  }
}
