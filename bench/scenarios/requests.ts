import { cpuMicroseconds } from '../process-cost.ts'
import { type Running, targetOf } from '../subjects/subject.ts'
import { BLOB_PATH, CHAT_JSON, type RequestPlan, SMALL_PATH, UNMETERED_PATH } from '../traffic.ts'
import { EVERYONE, type Measures, type Scenario, STARTABLE, STREAMING, type Tools } from './scenario.ts'

type Plan = Pick<RequestPlan, 'path' | 'bodyBytes'>

export interface Requests {
  readonly plan: Plan
  readonly connections: number
  readonly total: number
  /** The required status of each answer. */
  readonly status: string
  /** Replaces the subject's own secret. */
  readonly secret?: string
}

export const SMALL: Plan = { path: SMALL_PATH, bodyBytes: 256 }
// A well-formed but unknown key, which takes the full path of a guess.
const WRONG_SECRET = 'sk-lk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

/** All scenarios with one request and one whole answer. `effort` 1 is the full run. */
export function requestScenarios(effort: number): Scenario[] {
  const count = (full: number) => Math.max(8, Math.round(full * effort))
  const small = (connections: number, total: number) => ({ plan: SMALL, connections, total, status: '200' })
  return [
    scenario('small-1', 'Small JSON answer (1 kB), 1 connection', EVERYONE, small(1, count(1500))),
    scenario('small', 'Small JSON answer (1 kB), 32 connections', EVERYONE, small(32, count(4000))),
    scenario('prompt', 'Chat request with an 8 kB prompt, 32 connections', EVERYONE, {
      ...small(32, count(2000)),
      plan: { ...SMALL, bodyBytes: 8192 },
    }),
    scenario('image', '20 MB image body', STREAMING, {
      ...small(1, count(8) / 4),
      plan: { ...SMALL, bodyBytes: 20_000_000 },
    }),
    scenario('blob', '100 MB answer through manage', STREAMING, {
      ...small(1, 1),
      plan: { path: BLOB_PATH, bodyBytes: 128 },
    }),
    scenario('refusal', 'Refusal of a wrong key, 32 connections', proxiesWithKeys, {
      ...small(32, count(4000)),
      secret: WRONG_SECRET,
      status: '4',
    }),
    records(count(4000)),
    first(small(32, count(4000))),
  ]
}

function scenario(name: string, title: string, suits: Scenario['suits'], requests: Requests): Scenario {
  return { name, title, warmUps: 3, suits, measure: (running, tools) => measureRequests(running, tools, requests) }
}

function proxiesWithKeys(subject: string): boolean {
  return EVERYONE(subject) && subject !== 'upstream alone'
}

/** The cost of compilation, which later requests do not have. */
function first(requests: Requests): Scenario {
  return {
    name: 'first',
    title: `The first ${requests.total} small answers of a fresh process, ${requests.connections} connections`,
    warmUps: 0,
    suits: STARTABLE,
    measure: (_running, tools) => tools.withFresh((fresh) => measureRequests(fresh, tools, requests)),
  }
}

/**
 * The same exchange with and without metering and records; without them on another route, whose answers are not
 * metered.
 */
function records(total: number): Scenario {
  return {
    name: 'records',
    title: 'Small JSON answer with metering and records, and without',
    warmUps: 3,
    suits: (subject) => subject.startsWith('Latchkey'),
    measure(running, tools) {
      const path = isRecording(running) ? SMALL_PATH : UNMETERED_PATH
      return measureRequests(running, tools, { plan: { ...SMALL, path }, connections: 32, total, status: '200' })
    },
  }
}

function isRecording({ child }: Running): boolean {
  return !child.spawnargs.some((argument) => argument.includes('unrecorded'))
}

/** `total` requests on kept-alive connections: the subject's processor time for each, and the delays. */
export async function measureRequests(running: Running, { load }: Tools, requests: Requests): Promise<Measures> {
  const { connections, total } = requests
  const plan = { method: 'POST', secret: requests.secret ?? running.secret, json: CHAT_JSON, ...requests.plan } as const
  const before = cpuMicroseconds(running.child.pid ?? 0)
  const result = await load({ kind: 'requests', ...targetOf(running), connections, total, plan })
  const used = cpuMicroseconds(running.child.pid ?? 0) - before
  const wrong = Object.keys(result.statuses).find((status) => !status.startsWith(requests.status))
  if (wrong !== undefined) throw new Error(`${running.child.spawnargs.join(' ')} answered ${wrong}`)
  return { 'CPU µs': used / total, 'p50 µs': result.p50, 'p99 µs': result.p99 }
}
