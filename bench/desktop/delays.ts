import type { ChildProcess } from 'node:child_process'
import { nextMessage } from '../child.ts'
import { percentile } from '../statistics.ts'
import { type LoadJob, type LoadResult, STREAM_PATH, streamJson } from '../traffic.ts'
import { now } from './measured-app.ts'
import { costsOf } from './processes.ts'

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
  /** Of processor time that the gateway's thread took meanwhile, for whatever: this is in the streams' way. */
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
  await pause(QUIET_MS)
  const before = threadMs(pid)
  const from = now()
  await happen()
  const to = now()
  const thread = threadMs(pid) - before
  const chunks = ((await result).each ?? []).map(([writtenAt, delay]) => ({ at: writtenAt / 1000, ms: delay / 1000 }))
  const within = (start: number, end: number) => chunks.filter(({ at }) => at >= start && at < end).map(({ ms }) => ms)
  const during = within(from, to)
  if (during.length === 0) throw new Error('no chunk came through')
  return {
    // Of the first second the streams are just beginning.
    quiet: percentile(within(from - QUIET_MS + 1_000, from), 99),
    p99: percentile(during, 99),
    longest: Math.max(...during),
    lasted: to - from,
    thread,
  }
}

/** The first thread of a process: on the desktop also that of the window. */
function threadMs(pid: number): number {
  return (costsOf([{ pid, kind: 'main' }]).get(pid)?.microseconds ?? 0) / 1000
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
