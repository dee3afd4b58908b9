import { cpuMicroseconds, residentBytes, wakeUps } from '../process-cost.ts'
import { CHAT_JSON, SMALL_PATH } from '../traffic.ts'
import { type Measures, type Scenario, STARTABLE, type Tools } from './scenario.ts'

/** Ten requests a second, far more than one person's extensions send. */
const HOUR_OF_REQUESTS = 36_000
const SETTLE_MS = 2_000
const IDLE_MS = 7_000

/** The footprint of a process. `effort` 1 is the full run. */
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
      name: 'memory',
      title: 'Resident memory, idle and after an hour’s worth of requests (36,000)',
      warmUps: 0,
      suits: STARTABLE,
      measure: (_running, tools) => memory(tools, Math.round(HOUR_OF_REQUESTS * effort)),
    },
    {
      name: 'idle',
      title: 'Wake-ups of a process that nobody asks anything',
      warmUps: 0,
      suits: STARTABLE,
      measure: idleWakeUps,
    },
  ]
}

function startTime(_running: unknown, { withFresh }: Tools): Promise<Measures> {
  // CPU time is more reliable than wall time while other programs run.
  return withFresh(({ startMs, child }) =>
    Promise.resolve({ 'start ms': startMs, 'CPU ms': cpuMicroseconds(child.pid ?? 0) / 1000 }),
  )
}

function memory({ load, withFresh }: Tools, total: number): Promise<Measures> {
  return withFresh(async ({ port, secret, child }) => {
    await pause(SETTLE_MS)
    const idle = residentBytes(child.pid ?? 0)
    const plan = { method: 'POST', path: SMALL_PATH, secret, json: CHAT_JSON, bodyBytes: 256 } as const
    await load({ kind: 'requests', port, connections: 8, total, plan })
    await pause(SETTLE_MS)
    return { 'idle MB': idle / 1e6, 'after MB': residentBytes(child.pid ?? 0) / 1e6 }
  })
}

function idleWakeUps(_running: unknown, { withFresh }: Tools): Promise<Measures> {
  return withFresh(async ({ child }) => {
    const pid = child.pid ?? 0
    await pause(SETTLE_MS)
    const before = wakeUps(pid)
    await pause(IDLE_MS)
    return { 'wake-ups/s': (wakeUps(pid) - before) / (IDLE_MS / 1000) }
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
