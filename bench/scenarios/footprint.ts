import { cpuMicroseconds, residentBytes } from '../process-cost.ts'
import { CHAT_JSON, type RequestPlan, SMALL_PATH } from '../traffic.ts'
import { type Measures, type Scenario, STARTABLE, type Tools } from './scenario.ts'

const FIRST_REQUESTS = 4_000
/** Ten requests a second, which is far more than a person's extensions make. */
const HOUR_OF_REQUESTS = 36_000
const SETTLE_MS = 2_000

/** What a process takes for being there. `effort` 1 is the full run. */
export function footprintScenarios(effort: number): Scenario[] {
  return [
    {
      name: 'start',
      title: 'From starting the process to listening',
      warmUps: 0,
      suits: STARTABLE,
      measure: startTime,
    },
    {
      name: 'first',
      title: `The first ${FIRST_REQUESTS} small answers of a fresh process, 32 connections`,
      warmUps: 0,
      suits: STARTABLE,
      measure: (_running, tools) => firstRequests(tools, Math.round(FIRST_REQUESTS * effort)),
    },
    {
      name: 'memory',
      title: 'Resident memory, idle and after an hour’s worth of requests (36,000)',
      warmUps: 0,
      suits: STARTABLE,
      measure: (_running, tools) => memory(tools, Math.round(HOUR_OF_REQUESTS * effort)),
    },
  ]
}

function startTime(_running: unknown, { withFresh }: Tools): Promise<Measures> {
  // The processor time tells more than the clock where other programs run beside it.
  return withFresh(({ startMs, child }) =>
    Promise.resolve({ 'start ms': startMs, 'CPU ms': cpuMicroseconds(child.pid ?? 0) / 1000 }),
  )
}

/** What compilation costs, which later requests no longer pay for. */
function firstRequests({ load, withFresh }: Tools, total: number): Promise<Measures> {
  return withFresh(async ({ port, secret, child }) => {
    const before = cpuMicroseconds(child.pid ?? 0)
    const { p50 } = await load({ kind: 'requests', port, connections: 32, total, plan: smallPlan(secret) })
    return { 'CPU µs': (cpuMicroseconds(child.pid ?? 0) - before) / total, 'p50 µs': p50 }
  })
}

function memory({ load, withFresh }: Tools, total: number): Promise<Measures> {
  return withFresh(async ({ port, secret, child }) => {
    await pause()
    const idle = residentBytes(child.pid ?? 0)
    await load({ kind: 'requests', port, connections: 8, total, plan: smallPlan(secret) })
    await pause()
    return { 'idle MB': idle / 1e6, 'after MB': residentBytes(child.pid ?? 0) / 1e6 }
  })
}

function smallPlan(secret: string): RequestPlan {
  return { method: 'POST', path: SMALL_PATH, secret, json: CHAT_JSON, bodyBytes: 256 }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}
