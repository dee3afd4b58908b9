import { setTimeout as delay } from 'node:timers/promises'
import { checkEnd, checkLooks } from '../checker/changes.ts'
import { checkCounts } from '../checker/counts.ts'
import type { Bounds, Look, Violation } from '../checker/history.ts'
import { checkConcurrency, checkRate } from '../checker/limits.ts'
import { Registers } from '../checker/registers.ts'
import { checkRights } from '../checker/rights.ts'
import { Caller } from './callers.ts'
import { Changer } from './changers.ts'
import { Cluster } from './cluster.ts'
import { lookAt, lookEverywhere } from './ends.ts'
import { haunt } from './nemesis.ts'
import { type Random, randomFrom } from './random.ts'
import { Recorder } from './recorder.ts'
import { countsEverywhere } from './usage.ts'
import { World } from './world.ts'

export interface RunOptions {
  readonly seed: number
  readonly seconds: number
}

export interface RunResult {
  readonly tally: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
}

/** A lost notification is made up for within five seconds; a gateway tries again at least every five seconds. */
const GRACE_MS = 60_000
/** A gateway notices the end of its contact, and the end of the grace, a little later. */
const BOUNDS: Bounds = { knownWithinMs: 5_000, recoveryMs: 8_000, graceMs: GRACE_MS + 5_000 }
/** So long a run must be that there is time for the end of the grace. */
const LONG_RUN_SECONDS = 300
const GATEWAYS = 3
const SETTLE_MS = 30_000
/** A gateway writes usage twice a second. */
const LOST_ON_KILL_MS = 1_000
const LIMITS = { requestsPerMinute: 30, concurrency: 3 }

/** Lets clients and a nemesis loose on three gateways, and checks what the clients were told. */
export async function runHaunted({ seed, seconds }: RunOptions): Promise<RunResult> {
  const random = randomFrom(seed)
  const recorder = new Recorder()
  const world = new World()
  const since = Date.now()
  const cluster = await Cluster.start({ gateways: GATEWAYS })
  try {
    const parts = { world, recorder, random, cluster }
    await prepare(parts)
    const end = recorder.now() + seconds * 1_000
    const isOver = () => recorder.now() >= end
    const graceMs = seconds < LONG_RUN_SECONDS ? undefined : GRACE_MS
    const faults = haunt({ ...parts, graceMs }, isOver)
    await Promise.all([...clients(parts, isOver), faults])
    const ends = await lookWhenSettled(parts)
    const miscounts = await countWhenSettled(parts, since)
    const violations = [
      ...checkRights(recorder, BOUNDS),
      ...checkLooks(recorder, BOUNDS),
      ...checkEnd(recorder, ends),
      ...miscounts,
      ...overruns(parts),
      ...deaths(cluster),
    ]
    return { tally: recorder.tally, violations }
  } finally {
    await cluster.close()
  }
}

interface Parts {
  readonly world: World
  readonly recorder: Recorder
  readonly random: Random
  readonly cluster: Cluster
}

async function prepare(parts: Parts): Promise<void> {
  const { cluster, world } = parts
  for (const { serve } of cluster.running) {
    await serve.call('PATCH /api/settings', { databaseGraceMinutes: GRACE_MS / 60_000 })
  }
  const changer = new Changer(parts)
  const [first] = cluster.running
  if (first === undefined) throw new Error('no gateway runs')
  for (let made = 0; made < 3; made++) await changer.createPerson(first)
  for (let made = 0; made < 6; made++) await changer.createKey(first)
  await changer.createLimited(first, 'requestsPerMinute', LIMITS.requestsPerMinute)
  await changer.createLimited(first, 'concurrency', LIMITS.concurrency)
  for (const site of world.sites) await changer.decide(first, site, true)
}

function clients(parts: Parts, isOver: () => boolean): Promise<void>[] {
  const { random } = parts
  const changer = new Changer(parts)
  const caller = new Caller(parts)
  const forever = async (work: () => Promise<void>, leastMs: number, mostMs: number) => {
    while (!isOver()) {
      await work()
      await delay(random.between(leastMs, mostMs))
    }
  }
  return [
    ...Array.from({ length: 4 }, () => forever(() => changer.change(), 50, 300)),
    ...Array.from({ length: 6 }, () => forever(() => caller.small(), 20, 150)),
    ...Array.from({ length: 6 }, () => forever(() => caller.stream(), 20, 300)),
    forever(() => lookOnce(parts), 200, 600),
    ...Array.from({ length: 2 }, () => forever(() => caller.limited('requestsPerMinute'), 100, 500)),
    ...Array.from({ length: 8 }, () => forever(() => caller.limited('concurrency'), 50, 200)),
  ]
}

/** What a gateway shows in the middle of it all. */
async function lookOnce({ cluster, random, recorder, world }: Parts): Promise<void> {
  if (cluster.running.length === 0) return
  const at = random.pick(cluster.running)
  const from = recorder.now()
  const seen = await lookAt(at, world)
  const to = recorder.now()
  for (const [register, value] of seen ?? []) {
    recorder.looks.push({ gateway: at.member.index, register, value, from, to })
  }
}

/** Waits until the gateways agree, or have had time to. */
async function lookWhenSettled({ cluster, recorder, world }: Parts): Promise<Look[]> {
  const names = new Registers(recorder.writes).names()
  const deadline = recorder.now() + SETTLE_MS
  for (;;) {
    const looks = await lookEverywhere(cluster, recorder, world, names)
    const isRight = looks !== undefined && checkEnd(recorder, looks).length === 0
    if (isRight || recorder.now() > deadline) return looks ?? []
    await delay(200)
  }
}

/** Asks for the reports until they are right, or have had time to be. */
async function countWhenSettled({ cluster, recorder }: Parts, since: number): Promise<Violation[]> {
  const deadline = recorder.now() + SETTLE_MS
  for (;;) {
    const reports = await countsEverywhere(cluster, since)
    const wrong = reports.flatMap((counted) =>
      checkCounts(recorder, counted, { ...BOUNDS, lostOnKillMs: LOST_ON_KILL_MS }),
    )
    if (wrong.length === 0 || recorder.now() > deadline) return wrong
    await delay(500)
  }
}

/** The gateways together may let in one request more each, but for one. */
function overruns({ recorder: { requests }, world }: Parts): Violation[] {
  const overrun = GATEWAYS - 1
  return world.limited.flatMap(({ id: key, kind, limit }) =>
    kind === 'concurrency'
      ? checkConcurrency(requests, { key, most: limit, overrun })
      : checkRate(requests, { key, perMinute: limit, overrun }),
  )
}

function deaths({ members, running }: Cluster): Violation[] {
  const dead = members.filter(
    (member) => !running.some((one) => one.member === member && one.serve.process.exitCode === null),
  )
  return dead.map(({ index }) => ({ promise: 'alive', detail: `gateway ${index} has ended by itself` }))
}
