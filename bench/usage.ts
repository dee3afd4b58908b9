import { constants, existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from '../build/scripts/building/built.ts'
import { percentile } from './statistics.ts'
import { fillStore } from './usage/fill-store.ts'
import { type UseShape } from './usage/made-up-use.ts'
import {
  type Held,
  measureRecorder,
  measureReports,
  measureRetention,
  measureSizes,
  measureStart,
  newestIn,
  type ReportTimes,
  type Sizes,
} from './usage/measure.ts'

/** The cost of usage and store on a file with years of data. */
export interface UsageResults {
  readonly exchanges: number
  readonly fillSeconds: number
  readonly reports: readonly ReportTimes[]
  readonly sizes: Sizes
  /** Microseconds per exchange: under a load that fills batches, and under a load as light as that in the file. */
  readonly recorder: { readonly load: number; readonly trickle: number }
  /** One value per step. */
  readonly retention: readonly Held[]
  readonly start: { readonly full: readonly number[]; readonly empty: readonly number[] }
}

const TWO_YEARS_MS = 730 * 86_400_000
/** A whole quarter hour at 400 a second: batches fill up only under load. */
const LOAD = { exchanges: 360_000, apartMs: 2.5 }
const TRICKLE = 50_000
const PRUNED = 20_000
const STARTS = 9

/** `npm run bench -- usage [--exchanges 10000000] [--data-dir DIR] [--json FILE]`; a directory that is given is kept and used again. */
export async function benchUsage(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exchanges: { type: 'string', default: '10000000' },
      'data-dir': { type: 'string' },
      json: { type: 'string' },
    },
  })
  await ensureBuilt()
  const kept = values['data-dir']
  const directory = kept ?? (await mkdtemp(join(tmpdir(), 'latchkey-bench-')))
  try {
    const results = await measure(directory, Number(values.exchanges))
    console.log(inWords(results).join('\n'))
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, undefined, 1)}\n`)
  } finally {
    if (kept === undefined) await rm(directory, { recursive: true, force: true })
  }
}

async function measure(directory: string, exchanges: number): Promise<UsageResults> {
  const full = join(directory, `use-${exchanges}`)
  const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 43_200_000
  // Reports of a reused file are for the day of its creation.
  const to = existsSync(full) ? newestIn(full) + 1 : noon
  const shape: UseShape = { exchanges, keys: 50, origins: 200, models: 20, from: to - TWO_YEARS_MS, to }
  const empty = join(directory, 'empty')
  await mkdir(empty, { recursive: true, mode: 0o700 })
  const startedAt = performance.now()
  if (!existsSync(full)) await fillStore(full, shape, (done) => console.error(`${done / 1e6} million`))
  const fillSeconds = (performance.now() - startedAt) / 1000
  const sizes = measureSizes(full)
  const reports = await measureReports(full, shape, 25)
  const start = { empty: await measureStart(empty, STARTS), full: await measureStart(full, STARTS) }
  // Runs last, because usage that is not summed yet would slow down reports in the next run.
  const changed = join(directory, 'changed')
  await rm(changed, { recursive: true, force: true })
  await cp(full, changed, { recursive: true, mode: constants.COPYFILE_FICLONE })
  // Before the recorder, because collecting its prepared exchanges as garbage would look like a long step.
  const retention = await measureRetention(changed, to, PRUNED)
  const recorder = {
    load: await measureRecorder(changed, shape, LOAD),
    trickle: await measureRecorder(changed, shape, { exchanges: TRICKLE, apartMs: TWO_YEARS_MS / exchanges }),
  }
  await rm(changed, { recursive: true })
  return { exchanges, fillSeconds, reports, sizes, recorder, retention, start }
}

function inWords({ exchanges, fillSeconds, reports, sizes, recorder, retention, start }: UsageResults): string[] {
  const millions = exchanges / 1e6
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  const ms = (values: readonly number[]) =>
    `${percentile(values, 50).toFixed(0)} ms (p95 ${percentile(values, 95).toFixed(0)})`
  const steps = retention.map(({ wall }) => wall)
  const longest = retention.find(({ wall }) => wall === Math.max(...steps))
  const goal = (period: string) => (period === 'all' ? 100 : 30)
  return [
    `${millions} million exchanges over two years, 50 keys, 200 origins, 20 models (written in ${fillSeconds.toFixed(0)} s)`,
    '',
    'report            first        p50        p95        CPU  goal for p95',
    ...reports.map(({ period, by, first, p50, p95, cpu }) => {
      const times = [first, p50, p95, cpu].map((time) => `${time.toFixed(1).padStart(7)} ms`).join(' ')
      return `${`${period} by ${by}`.padEnd(15)}${times}  < ${goal(period)} ms${p95 < goal(period) ? '' : '  MISSED'}`
    }),
    '',
    `the file: ${megabytes(sizes.file)} MB`,
    `raw exchanges: ${megabytes((sizes.raw / Math.max(1, sizes.rawRows)) * 1e6)} MB per million (${sizes.rawRows} kept: 30 days)`,
    `sums: ${megabytes((sizes.quarters + sizes.blocks) / millions)} MB per million (quarters ${megabytes(sizes.quarters / millions)}, blocks ${megabytes(sizes.blocks / millions)})`,
    `recording one exchange: ${recorder.load.toFixed(1)} µs of CPU at ${1000 / LOAD.apartMs} a second, goal < 15; ${recorder.trickle.toFixed(1)} µs where nearly each has a row of sums of its own`,
    `one step of retention: p50 ${percentile(steps, 50).toFixed(1)} ms, p99 ${percentile(steps, 99).toFixed(1)} ms, longest ${Math.max(...steps).toFixed(1)} ms (${longest?.cpu.toFixed(1)} ms of CPU), goal < 10`,
    `start until listening: ${ms(start.full)} on this file, ${ms(start.empty)} on an empty one, goal < 300`,
  ]
}

if (import.meta.main) await benchUsage(process.argv.slice(2))
