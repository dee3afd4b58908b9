import { cpuMicroseconds, residentBytes } from '../process-cost.ts'
import type { Running } from '../subjects/subject.ts'
import { type RequestPlan, STREAM_PATH, streamJson } from '../traffic.ts'
import { type Measures, type Scenario, STARTABLE, STREAMING, type Tools } from './scenario.ts'

const MANY = 500
const EVERY_MS = 20
// By then all streams are open, because they start over half a second.
const LOOK_AT_MEMORY_MS = 1_500
/** 20 streams with 400 chunks, never many at once, so that none leave memory behind. */
const WARM_UP_ROUNDS = 8

/** Streamed answers. `effort` 1 is the full run. */
export function streamScenarios(effort: number): Scenario[] {
  return [
    { name: 'stream', title: 'One stream, a chunk every 5 ms', warmUps: 1, suits: STREAMING, measure: oneStream },
    {
      name: 'streams',
      title: `${MANY} streams, 50 chunks a second each`,
      warmUps: 1,
      suits: STREAMING,
      measure: (running, tools) => manyStreams(running, tools, Math.round(4_000 * Math.max(effort, 0.4))),
    },
    {
      name: 'stream-memory',
      title: `Memory of ${MANY} open streams`,
      warmUps: 0,
      suits: STARTABLE,
      measure: streamMemory,
    },
  ]
}

async function oneStream({ port, secret, child }: Running, { load }: Tools): Promise<Measures> {
  const before = cpuMicroseconds(child.pid ?? 0)
  const firsts: number[] = []
  let chunks = 0
  let chunkP50 = 0
  // Many short streams, because one stream gives only one first byte.
  for (let round = 0; round < 5; round++) {
    const result = await load({ kind: 'streams', port, streams: 1, plan: streamPlan(secret, 20, 5) })
    firsts.push(result.p50)
    chunks += result.chunks
    chunkP50 = result.chunkP50
  }
  const used = cpuMicroseconds(child.pid ?? 0) - before
  firsts.sort((one, other) => one - other)
  return { 'first byte µs': firsts[2] ?? 0, 'chunk delay µs': chunkP50, 'CPU µs per chunk': used / chunks }
}

async function manyStreams({ port, secret, child }: Running, { load }: Tools, forMs: number): Promise<Measures> {
  const before = cpuMicroseconds(child.pid ?? 0)
  const plan = streamPlan(secret, Math.ceil(forMs / EVERY_MS), EVERY_MS)
  const result = await load({ kind: 'streams', port, streams: MANY, plan })
  const used = cpuMicroseconds(child.pid ?? 0) - before
  return { 'CPU µs per chunk': used / result.chunks, 'delay p50 µs': result.chunkP50, 'delay p99 µs': result.chunkP99 }
}

/**
 * The memory of the streams in a process that has worked before; and in a new process, where most of it is for V8 to
 * compile the code once.
 */
async function streamMemory(_running: Running, tools: Tools): Promise<Measures> {
  const atWork = await memoryOfStreams(tools, WARM_UP_ROUNDS)
  return { 'kB per stream': atWork, 'kB in a fresh process': await memoryOfStreams(tools, 0) }
}

function memoryOfStreams({ load, withFresh }: Tools, warmUpRounds: number): Promise<number> {
  return withFresh(async ({ port, secret, child }) => {
    const few = { kind: 'streams', port, streams: 20 } as const
    await load({ ...few, plan: streamPlan(secret, 10, 5) })
    for (let round = 0; round < warmUpRounds; round++) await load({ ...few, plan: streamPlan(secret, 400, 1) })
    const before = residentBytes(child.pid ?? 0)
    const running = load({ kind: 'streams', port, streams: MANY, plan: streamPlan(secret, 30, 100) })
    await new Promise((resolve) => setTimeout(resolve, LOOK_AT_MEMORY_MS))
    const during = residentBytes(child.pid ?? 0)
    await running
    return (during - before) / 1000 / MANY
  })
}

function streamPlan(secret: string, chunks: number, everyMs: number): RequestPlan {
  const json = streamJson(chunks, everyMs)
  return { method: 'POST', path: STREAM_PATH, secret, json, bodyBytes: json.length }
}
