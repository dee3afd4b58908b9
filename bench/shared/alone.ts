import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextMessage, startScript, stopChild } from '../child.ts'
import { cpuMicroseconds } from '../process-cost.ts'
import { measureRequests, SMALL } from '../scenarios/requests.ts'
import type { Measures } from '../scenarios/scenario.ts'
import { latchkey } from '../subjects/latchkey.ts'
import type { Running } from '../subjects/subject.ts'
import type { LoadJob, LoadResult } from '../traffic.ts'
import { CONNECTIONS, untilWritten, WARM_UP } from './gateways.ts'

interface Alone {
  readonly running: Running
  measure(total: number): Promise<Measures>
  stop(): Promise<void>
}

/**
 * Several gateways that share nothing, each with its own data file and a load generator. They show what it costs to run so many
 * processes on this computer, whatever their store is.
 */
export class AloneGateways {
  readonly #dir: string
  readonly #gateways: readonly Alone[]

  private constructor(dir: string, gateways: readonly Alone[]) {
    this.#dir = dir
    this.#gateways = gateways
  }

  static async start(count: number, upstreamPort: number): Promise<AloneGateways> {
    const dir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
    const gateways: Alone[] = []
    for (let at = 0; at < count; at++) gateways.push(await startAlone(upstreamPort, mkdtempSync(join(dir, 'data-'))))
    await Promise.all(gateways.map((one) => one.measure(WARM_UP)))
    return new AloneGateways(dir, gateways)
  }

  /** `each` requests to each gateway, to all at once, with the writing of their records. */
  async measure(each: number): Promise<Measures> {
    const before = this.#cpu()
    const results = await Promise.all(this.#gateways.map((one) => one.measure(each)))
    await untilWritten()
    const mean = (name: string) => results.reduce((sum, one) => sum + (one[name] ?? 0), 0) / results.length
    return {
      'CPU µs': (this.#cpu() - before) / (each * results.length),
      'p50 µs': mean('p50 µs'),
      'p99 µs': Math.max(...results.map((one) => one['p99 µs'] ?? 0)),
    }
  }

  async close(): Promise<void> {
    for (const one of this.#gateways) await one.stop()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #cpu(): number {
    return this.#gateways.reduce((sum, { running }) => sum + cpuMicroseconds(running.child.pid ?? 0), 0)
  }
}

async function startAlone(upstreamPort: number, dir: string): Promise<Alone> {
  const running = await latchkey.start({ upstreamPort, dir })
  const child = startScript('load.ts')
  const load = (job: LoadJob) => {
    child.send(job)
    return nextMessage<LoadResult>(child)
  }
  const tools = { load, withFresh: () => Promise.reject(new Error('not needed')) }
  return {
    running,
    measure: (total) =>
      measureRequests(running, tools, { plan: SMALL, connections: CONNECTIONS, total, status: '200' }),
    async stop() {
      await stopChild(running.child)
      await stopChild(child)
    },
  }
}
