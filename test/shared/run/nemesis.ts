import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import type { Cluster, Member } from './cluster.ts'
import type { Random } from './random.ts'
import type { Recorder } from './recorder.ts'

interface NemesisOptions {
  readonly cluster: Cluster
  readonly recorder: Recorder
  readonly random: Random
  /** In a long run a gateway is first cut off for longer than this. undefined for a short run. */
  readonly graceMs: number | undefined
}

type Fault = (options: NemesisOptions) => Promise<void>

const SHORTEST_MS = 200
const LONGEST_MS = 4_000
const SLOW_MS = 120
const BEYOND_GRACE_MS = 15_000

/** What can go wrong, each for a while, and repaired afterwards. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'gateway killed': async ({ cluster, recorder, random }) => {
    const member = random.pick(cluster.members)
    recorder.kills.push({ gateway: member.index, at: recorder.now() })
    await cluster.kill(member)
    await delay(random.between(0, LONGEST_MS / 2))
    await startAgain(cluster, member)
  },
  'gateway paused': (options) =>
    cutOff(options, options.random.pick(options.cluster.members), {
      begin: ({ serve }) => serve?.process.kill('SIGSTOP'),
      end: ({ serve }) => serve?.process.kill('SIGCONT'),
    }),
  'network cut': (options) => cutNetwork(options, options.random.between(SHORTEST_MS, LONGEST_MS)),
  'network silent': (options) =>
    cutOff(options, options.random.pick(options.cluster.members), {
      begin: ({ proxy }) => proxy.mode('blackhole'),
      // Half of an answer is lost, so the connections are of no use any more.
      end: ({ proxy }) => {
        proxy.mode('pass')
        proxy.cut()
      },
    }),
  'network slow': async ({ cluster, random }) => {
    const { proxy } = random.pick(cluster.members)
    proxy.slow(random.between(1, SLOW_MS))
    await delay(random.between(500, LONGEST_MS))
    proxy.slow(0)
  },
  'connections reset': async ({ cluster, random }) => {
    random.pick(cluster.members).proxy.cut()
  },
  'connections ended': async ({ cluster }) => {
    await cluster.postgres.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'Latchkey%'`,
    )
  },
  'database killed': (options) =>
    cutOff(options, undefined, {
      begin: () => options.cluster.postgres.kill(),
      end: () => options.cluster.postgres.start(),
    }),
  'database restarted': (options) =>
    cutOff(options, undefined, {
      begin: () => options.cluster.postgres.stop(),
      end: () => options.cluster.postgres.start(),
    }),
  'database paused': (options) =>
    cutOff(options, undefined, {
      begin: () => options.cluster.postgres.pause(),
      end: () => options.cluster.postgres.resume(),
    }),
}

/** Does one thing after another until `isOver`, with pauses, and leaves everything repaired. */
export async function haunt(options: NemesisOptions, isOver: () => boolean): Promise<void> {
  const { random, recorder, graceMs } = options
  if (graceMs !== undefined) await cutNetwork(options, graceMs + BEYOND_GRACE_MS)
  while (!isOver()) {
    const [name, fault] = random.pick(Object.entries(FAULTS))
    const from = recorder.now()
    await fault(options)
    recorder.count(`fault: ${name}`)
    if (process.env['LATCHKEY_SHARED_TRACE'] !== undefined) {
      console.log(`${Math.round(from)} to ${Math.round(recorder.now())}: ${name}`)
    }
    await delay(random.between(200, 2_500))
  }
}

function cutNetwork(options: NemesisOptions, ms: number): Promise<void> {
  const spoiling: Spoiling = {
    begin: ({ proxy }) => {
      proxy.mode('refuse')
      proxy.cut()
    },
    end: ({ proxy }) => proxy.mode('pass'),
  }
  return cutOff(options, options.random.pick(options.cluster.members), spoiling, ms)
}

interface Spoiling {
  begin(member: Member): unknown
  end(member: Member): unknown
}

/** Cuts a gateway off, or each of them, and writes down how long. */
async function cutOff(
  { cluster, recorder, random }: NemesisOptions,
  member: Member | undefined,
  spoil: Spoiling,
  ms = random.between(SHORTEST_MS, LONGEST_MS),
): Promise<void> {
  const from = recorder.now()
  const one = member ?? cluster.members[0]
  if (one === undefined) return
  await spoil.begin(one)
  await delay(ms)
  await spoil.end(one)
  recorder.cuts.push({ gateway: member?.index, from, to: recorder.now() })
}

/** A gateway does not start while its database is away. */
async function startAgain(cluster: Cluster, member: Member): Promise<void> {
  await until(
    () =>
      cluster.startMember(member).then(
        () => true,
        () => false,
      ),
    'a gateway to start again',
  )
}
