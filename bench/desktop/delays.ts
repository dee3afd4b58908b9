import type { ChildProcess } from 'node:child_process'
import { nextMessage } from '../child.ts'
import { percentile } from '../statistics.ts'
import { type LoadJob, type LoadResult, STREAM_PATH, streamJson } from '../traffic.ts'
import { now } from './measured-app.ts'
import { type Costs, costsOf } from './processes.ts'

const STREAMS = 4
const EVERY_MS = 5
const QUIET_MS = 3_000
/** A longer time is cut off. */
const LONGEST_MS = 6_000

export interface GatewayPlace {
  readonly pid: number
  readonly port: number
  readonly secret: string
}

/** Milliseconds that chunks took from the upstream to the client. */
export interface Delays {
  /** Before anything happened. */
  readonly quiet: number
  readonly p99: number
  readonly longest: number
  /** How long what happened took. */
  readonly lasted: number
  /** The processor time that the gateway's thread used meanwhile for any work, which delays the streams. */
  readonly thread: number
}

/** The delays of streams' chunks while something happens: of those that the upstream wrote before it had ended. */
export async function delaysWhile(
  load: ChildProcess,
  { pid, port, secret }: GatewayPlace,
  happen: () => Promise<void>,
): Promise<Delays> {
  const json = streamJson((QUIET_MS + LONGEST_MS) / EVERY_MS, EVERY_MS)
  const plan = { method: 'POST', path: STREAM_PATH, secret, json, bodyBytes: json.length } as const
  const result = nextMessage<LoadResult>(load)
  load.send({ kind: 'streams', port, streams: STREAMS, plan, each: true } satisfies LoadJob)
  const first = costsOf([{ pid, kind: 'main' }])
  await pause(QUIET_MS)
  const before = costsOf([{ pid, kind: 'main' }])
  const gateway = busiestThread(first, before)
  const from = now()
  await happen()
  const to = now()
  const after = costsOf([{ pid, kind: 'main' }])
  const chunks = ((await result).each ?? []).map(([writtenAt, delay]) => ({ at: writtenAt / 1000, ms: delay / 1000 }))
  const within = (start: number, end: number) => chunks.filter(({ at }) => at >= start && at < end).map(({ ms }) => ms)
  const during = within(from, to)
  if (during.length === 0) throw new Error('no chunk came through')
  return {
    // The streams have just begun in the first second.
    quiet: percentile(within(from - QUIET_MS + 1_000, from), 99),
    p99: percentile(during, 99),
    longest: Math.max(...during),
    lasted: to - from,
    thread: used(gateway, before, after) / 1000,
  }
}

/** While only the streams run, the thread that they run through. */
function busiestThread(before: Costs, after: Costs): number {
  const threads = [...after.keys()].sort((one, other) => used(other, before, after) - used(one, before, after))
  return threads[0] ?? 0
}

/** Microseconds of processor time. */
function used(thread: number, before: Costs, after: Costs): number {
  return (after.get(thread)?.microseconds ?? 0) - (before.get(thread)?.microseconds ?? 0)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
