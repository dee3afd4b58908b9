import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { DIMENSIONS, type Dimension, PERIODS, type Period } from '#shared/usage/usage.ts'
import { PRUNE_STEP, SHRINK_STEP } from '../../src-main/usage/upkeep.ts'
import { UsageRoom } from '../../src-main/usage/usage-room.ts'
import { useAlways, type WholeStore } from '../../test/support/summed-store.ts'
import { percentile } from '../statistics.ts'
import { openBenchStore } from './fill-store.ts'
import { madeUpUse, type UseShape } from './made-up-use.ts'

const ZONES = ['UTC', 'Asia/Kathmandu', 'America/New_York'] as const
const DATABASE = 'latchkey.db'
const quiet = { warn: () => undefined }

/** Milliseconds per report, over all repeats and time zones, with an exchange recorded before each. */
export interface ReportTimes {
  readonly period: string
  readonly by: string
  /** The slowest uncached report: one per time zone. */
  readonly first: number
  readonly p50: number
  readonly p95: number
  /** Median CPU time, which other programs on a busy machine affect least. */
  readonly cpu: number
}

async function withUsage<T>(
  dataDir: string,
  now: () => number,
  work: (usage: UsageRoom, store: WholeStore) => Promise<T>,
): Promise<T> {
  const store = await openBenchStore(dataDir)
  const usage = new UsageRoom({
    store: store.usage,
    use: useAlways,
    now,
    log: quiet,
    labelOf: (_, value) => value,
    personOf: (keyId) => `Person ${keyId.slice(4)}`,
    keysOfPerson: () => [],
    timeZone: () => 'UTC',
    retentionDays: () => 30,
  })
  try {
    return await work(usage, store)
  } finally {
    await usage.close()
    await store.close()
  }
}

/** Records one exchange before each report, so that its caches are in the same state as in real use. */
export function measureReports(dataDir: string, shape: UseShape, repeats: number): Promise<ReportTimes[]> {
  const [recent] = [...madeUpUse({ ...shape, exchanges: 1, from: shape.to - 1000 })]
  const measureOne = async (usage: UsageRoom, period: Period, by: Dimension): Promise<ReportTimes> => {
    const times: number[] = []
    const cpuTimes: number[] = []
    for (let number = 0; number < repeats * ZONES.length; number++) {
      if (recent !== undefined) usage.record(recent)
      await usage.flush()
      const startedAt = performance.now()
      const before = process.cpuUsage()
      await usage.report({ period, by, timeZone: ZONES[number % ZONES.length] })
      const { user, system } = process.cpuUsage(before)
      times.push(performance.now() - startedAt)
      cpuTimes.push((user + system) / 1000)
    }
    const [p50, p95, cpu] = [percentile(times, 50), percentile(times, 95), percentile(cpuTimes, 50)]
    return { period, by, first: Math.max(...times.slice(0, ZONES.length)), p50, p95, cpu }
  }
  return withUsage(
    dataDir,
    () => shape.to,
    async (usage) => {
      const results: ReportTimes[] = []
      for (const period of PERIODS) for (const by of DIMENSIONS) results.push(await measureOne(usage, period, by))
      return results
    },
  )
}

/**
 * CPU microseconds (user and system) to record and write one exchange, including its part of the sums, also those that
 * wait in memory until their quarter hour has ended. The exchanges are later than all others in the file, and this many
 * milliseconds apart.
 */
export function measureRecorder(
  dataDir: string,
  shape: UseShape,
  { exchanges, apartMs }: { exchanges: number; apartMs: number },
): Promise<number> {
  const from = newestIn(dataDir) + 1
  const use = madeUpUse({ ...shape, exchanges, from, to: from + apartMs * exchanges })
  return withUsage(
    dataDir,
    () => from,
    async (usage, store) => {
      let micros = 0
      const timed = async (work: () => Promise<void>) => {
        const before = process.cpuUsage()
        await work()
        const { user, system } = process.cpuUsage(before)
        micros += user + system
      }
      // The size of a batch under load.
      for (let batch = take(use, 1000); batch.length > 0; batch = take(use, 1000)) {
        await timed(() => {
          for (const exchange of batch) usage.record(exchange)
          return usage.flush()
        })
      }
      await timed(() => store.usage.settle())
      return micros / exchanges
    },
  )
}

function take<T>(from: Generator<T>, count: number): T[] {
  const taken: T[] = []
  while (taken.length < count) {
    const next = from.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

/** Milliseconds for which something blocked the event loop, and how long the thread really ran. */
export interface Held {
  readonly wall: number
  readonly cpu: number
}

/** How long each step of retention blocks the event loop: deleting, and shrinking the file. */
export async function measureRetention(dataDir: string, before: number, exchanges: number): Promise<Held[]> {
  const store = await openBenchStore(dataDir)
  const steps: Held[] = []
  const timed = async <T>(step: () => Promise<T>): Promise<T> => {
    const turns = watchTurns()
    const done = await step()
    steps.push(await turns.longest())
    return done
  }
  try {
    for (let deleted = 0; deleted < exchanges; deleted += PRUNE_STEP) {
      if (!(await timed(() => store.usage.prune(before, PRUNE_STEP)))) break
    }
    while (await timed(() => store.usage.shrink(SHRINK_STEP)));
    return steps
  } finally {
    await store.close()
  }
}

/** The time of the last exchange in a file (ms UTC). */
export function newestIn(dataDir: string): number {
  const db = new Database(`${dataDir}/${DATABASE}`, { readonly: true })
  try {
    return Number(db.prepare('SELECT MAX(time) FROM exchanges').pluck().get())
  } finally {
    db.close()
  }
}

/** A step that waits for the log to be copied back lets other tasks run meanwhile, so only its longest part counts. */
function watchTurns(): { longest(): Promise<Held> } {
  let last = performance.now()
  let lastCpu = process.threadCpuUsage()
  let longest: Held = { wall: 0, cpu: 0 }
  const turn = () => {
    const { user, system } = process.threadCpuUsage(lastCpu)
    const wall = performance.now() - last
    if (wall > longest.wall) longest = { wall, cpu: (user + system) / 1000 }
    last = performance.now()
    lastCpu = process.threadCpuUsage()
    next = setImmediate(turn)
  }
  let next = setImmediate(turn)
  return {
    async longest() {
      await nextTurn()
      clearImmediate(next)
      return longest
    },
  }
}

/** Bytes of the file with raw exchanges and sums. */
export interface Sizes {
  readonly file: number
  readonly raw: number
  readonly rawRows: number
  readonly quarters: number
  readonly blocks: number
}

export function measureSizes(dataDir: string): Sizes {
  const db = new Database(`${dataDir}/${DATABASE}`, { readonly: true })
  try {
    const bytesOf = (...names: string[]) =>
      names.reduce((sum, name) => {
        return sum + Number(db.prepare('SELECT SUM(pgsize) FROM dbstat WHERE name = ?').pluck().get(name))
      }, 0)
    return {
      file: Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })),
      raw: bytesOf('exchanges', 'exchanges_by_time'),
      rawRows: Number(db.prepare('SELECT COUNT(*) FROM exchanges').pluck().get()),
      quarters: bytesOf('quarter_sums'),
      blocks: bytesOf('dimension_sums'),
    }
  } finally {
    db.close()
  }
}

const MAIN = fileURLToPath(new URL('../../dist/main/latchkey.js', import.meta.url))

/** Milliseconds from the start of the process to its ready line. */
export async function measureStart(dataDir: string, times: number): Promise<number[]> {
  const results: number[] = []
  for (let number = 0; number < times; number++) {
    const startedAt = performance.now()
    const args = ['serve', '--json', '--no-open', '--port', '0', '--console-port', '0', '--data-dir', dataDir]
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const _ of createInterface({ input: child.stdout })) {
      results.push(performance.now() - startedAt)
      break
    }
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  return results
}
