import { cpuMicroseconds, residentBytes } from '../process-cost.ts'
import { type Running, targetOf } from '../subjects/subject.ts'
import { CHAT_JSON, SMALL_PATH } from '../traffic.ts'
import { measureRequests, SMALL } from './requests.ts'
import { EVERYONE, type Measures, type Scenario, type Tools } from './scenario.ts'

const IDLE_CONNECTIONS = 200
const SETTLE_MS = 1_000
const PARALLEL = 4
/** Requests before memory is looked at, so that their connections do not pay for what V8 does once. */
const WARM_UP = 8_000

/** Connections with TLS 1.3, a P-256 certificate and AES-128-GCM. `effort` 1 is the full run. */
export function tlsScenarios(effort: number): Scenario[] {
  const count = (full: number) => Math.max(8, Math.round(full * effort))
  const requests = { plan: SMALL, connections: 32, total: count(4000), status: '200' }
  return [
    {
      name: 'tls',
      title: 'Small JSON answer (1 kB) over TLS, 32 connections',
      warmUps: 3,
      suits: EVERYONE,
      measure: (running, tools) => measureRequests(running, tools, requests),
    },
    handshakes('tls-handshake', 'Full handshake, then the end of the connection', {
      total: count(1000),
      resume: false,
    }),
    handshakes('tls-resumption', 'Resumed handshake, then the end of the connection', {
      total: count(1000),
      resume: true,
    }),
    {
      name: 'tls-memory',
      title: `Memory of ${IDLE_CONNECTIONS} idle connections with TLS`,
      warmUps: 0,
      suits: EVERYONE,
      measure: idleMemory,
    },
  ]
}

function handshakes(name: string, title: string, job: { total: number; resume: boolean }): Scenario {
  return {
    name,
    title,
    warmUps: 2,
    suits: EVERYONE,
    measure: (running, tools) => measureHandshakes(running, tools, job),
  }
}

async function measureHandshakes(
  running: Running,
  { load }: Tools,
  { total, resume }: { total: number; resume: boolean },
): Promise<Measures> {
  const before = cpuMicroseconds(running.child.pid ?? 0)
  const { statuses } = await load({ kind: 'handshakes', ...targetOf(running), total, parallel: PARALLEL, resume })
  const used = cpuMicroseconds(running.child.pid ?? 0) - before
  const expected = resume ? 'resumed' : 'full'
  if (statuses[expected] !== total) {
    throw new Error(`${running.child.spawnargs.join(' ')} had ${JSON.stringify(statuses)}, not ${total} ${expected}`)
  }
  return { 'CPU µs': used / total, 'per second of CPU': (total * 1e6) / used }
}

async function idleMemory(_running: Running, { load, withFresh }: Tools): Promise<Measures> {
  return withFresh(async (fresh) => {
    const target = targetOf(fresh)
    const plan = { method: 'POST', path: SMALL_PATH, secret: fresh.secret, json: CHAT_JSON, bodyBytes: 256 } as const
    await load({ kind: 'requests', ...target, connections: 8, total: WARM_UP, plan })
    await pause(SETTLE_MS)
    const before = residentBytes(fresh.child.pid ?? 0)
    await load({ kind: 'hold', ...target, connections: IDLE_CONNECTIONS, plan })
    await pause(SETTLE_MS)
    const during = residentBytes(fresh.child.pid ?? 0)
    await load({ kind: 'release', ...target })
    return { 'kB per connection': (during - before) / 1000 / IDLE_CONNECTIONS }
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
