import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cluster } from '../../test/shared/run/cluster.ts'
import { withClient } from '../../test/support/postgres.ts'
import { nextMessage, startScript, stopChild } from '../child.ts'
import { cpuMicroseconds, cpuOfEndedChildren, residentBytes } from '../process-cost.ts'
import type { Measures } from '../scenarios/scenario.ts'
import { CHAT_JSON, type LoadResult, SMALL_PATH } from '../traffic.ts'

/** Statistics of PostgreSQL's sessions arrive within a second of a transaction; batches of usage within half a second. */
const SETTLE_MS = 2_500
export const CONNECTIONS = 32
/** Requests after which V8 has compiled what it will compile. */
export const WARM_UP = 64_000

/** Resolves when the records of all requests so far are written, and the statistics of that have arrived. */
export function untilWritten(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

interface Written {
  readonly commits: number
  readonly walBytes: number
}

/** Several gateways on a PostgreSQL of their own, each with a load generator. */
export class SharedGateways {
  readonly #cluster: Cluster
  readonly #loads: readonly ChildProcess[]
  readonly #secret: string

  private constructor(cluster: Cluster, loads: readonly ChildProcess[], secret: string) {
    this.#cluster = cluster
    this.#loads = loads
    this.#secret = secret
  }

  static async start(count: number, upstreamPort: number): Promise<SharedGateways> {
    const args = ['--upstream', `http://127.0.0.1:${upstreamPort}`]
    const cluster = await Cluster.start({ gateways: count, args, direct: true })
    const [first] = cluster.running
    if (first === undefined) throw new Error('no gateway runs')
    const { id, secret } = await first.serve.createKey({ name: 'Bench', scopes: ['chat', 'models', 'manage'] })
    for (const { serve } of cluster.running) {
      while (!(await serve.call('GET /api/keys', {})).some((key) => key.id === id));
    }
    const shared = new SharedGateways(
      cluster,
      cluster.running.map(() => startScript('load.ts')),
      secret,
    )
    await shared.#send(WARM_UP)
    return shared
  }

  /** `each` requests to each gateway, to all at once: what they cost the gateways, and what the database. */
  async measure(each: number): Promise<{ readonly requests: Measures; readonly database: Measures }> {
    const total = each * this.#loads.length
    const before = { gateways: this.#cpu(), database: this.#databaseCpu(), ...(await this.#written()) }
    const results = await this.#send(each)
    await untilWritten()
    const written = await this.#written()
    const perThousand = 1_000 / total
    const requests = {
      'CPU µs': (this.#cpu() - before.gateways) / total,
      'p50 µs': results.reduce((sum, { p50 }) => sum + p50, 0) / results.length,
      'p99 µs': Math.max(...results.map(({ p99 }) => p99)),
    }
    const database = {
      'CPU µs per request': (this.#databaseCpu() - before.database) / total,
      'commits/1000': (written.commits - before.commits) * perThousand,
      'WAL kB/1000': ((written.walBytes - before.walBytes) / 1000) * perThousand,
      'MB of a gateway': this.#memory() / 1e6 / this.#loads.length,
      'database MB': residentBytes(this.#serverPid()) / 1e6,
    }
    return { requests, database }
  }

  /** `times` changes of a key at the first gateway, one after the other. The others read each of them. */
  async measureChanges(times: number): Promise<Measures> {
    const [first] = this.#cluster.running
    if (first === undefined) throw new Error('no gateway runs')
    const { id } = await first.serve.createKey()
    const [databaseBefore, gatewaysBefore, begun] = [this.#databaseCpu(), this.#cpu(), performance.now()]
    for (let time = 0; time < times; time++) await first.serve.call('PATCH /api/keys/:id', { name: `Key ${time}` }, id)
    const took = performance.now() - begun
    return {
      'ms each': took / times,
      'database CPU µs': (this.#databaseCpu() - databaseBefore) / times,
      'gateways CPU µs': (this.#cpu() - gatewaysBefore) / times,
    }
  }

  /** The cost of idle gateways. */
  async measureIdle(seconds: number): Promise<Measures> {
    await untilWritten()
    const [databaseBefore, gatewaysBefore, written] = [this.#databaseCpu(), this.#cpu(), await this.#written()]
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
    const after = await this.#written()
    return {
      'database CPU ms/s': (this.#databaseCpu() - databaseBefore) / 1_000 / seconds,
      'gateways CPU ms/s': (this.#cpu() - gatewaysBefore) / 1_000 / seconds,
      'commits/s': (after.commits - written.commits) / seconds,
      'WAL kB/s': (after.walBytes - written.walBytes) / 1_000 / seconds,
    }
  }

  async close(): Promise<void> {
    for (const load of this.#loads) await stopChild(load)
    await this.#cluster.close()
  }

  async #send(total: number): Promise<LoadResult[]> {
    const plan = { method: 'POST', path: SMALL_PATH, secret: this.#secret, json: CHAT_JSON, bodyBytes: 256 } as const
    const sending = this.#cluster.running.map(({ serve: { port } }, at) => {
      const load = this.#loads[at]
      if (load === undefined) throw new Error('each gateway has a load generator')
      load.send({ kind: 'requests', port, connections: CONNECTIONS, total, plan })
      return nextMessage<LoadResult>(load)
    })
    const results = await Promise.all(sending)
    const wrong = results.flatMap(({ statuses }) => Object.keys(statuses)).find((status) => !status.startsWith('200'))
    if (wrong !== undefined) throw new Error(`a gateway answered ${wrong}`)
    return results
  }

  #cpu(): number {
    return this.#cluster.running.reduce((sum, { serve }) => sum + cpuMicroseconds(serve.process.pid ?? 0), 0)
  }

  #databaseCpu(): number {
    const pid = this.#serverPid()
    return cpuMicroseconds(pid) + cpuOfEndedChildren(pid)
  }

  #memory(): number {
    return this.#cluster.running.reduce((sum, { serve }) => sum + residentBytes(serve.process.pid ?? 0), 0)
  }

  /** The first line of PostgreSQL's own file. */
  #serverPid(): number {
    return Number.parseInt(readFileSync(join(this.#cluster.postgres.dataDir, 'postmaster.pid'), 'utf8'), 10)
  }

  #written(): Promise<Written> {
    return withClient(this.#cluster.url, async (client) => {
      const { rows } = await client.query<{ commits: string; wal: string }>(
        `SELECT xact_commit AS commits, pg_current_wal_insert_lsn() - '0/0' AS wal FROM pg_stat_database
         WHERE datname = current_database()`,
      )
      return { commits: Number(rows[0]?.commits ?? 0), walBytes: Number(rows[0]?.wal ?? 0) }
    })
  }
}
