import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../test/support/certificates.ts'
import { nextMessage, startScript, stopChild } from './child.ts'
import type { Samples } from './results.ts'
import type { Measures, Scenario, Tools } from './scenarios/scenario.ts'
import { type Running, type Subject, type TlsPlace, targetOf } from './subjects/subject.ts'
import { CHAT_JSON, type LoadJob, type LoadResult, SMALL_PATH } from './traffic.ts'

/**
 * Requests for warming up, until V8 has compiled nearly all code they use. The cost of the first requests is measured
 * separately.
 */
const WARM_UP = 16_000

/** Starts all subjects and measures each in turn, round after round. */
export class Contest {
  readonly upstream: ChildProcess
  readonly #upstreamPort: number
  readonly #load: ChildProcess
  readonly #dir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  #tls: TlsPlace | undefined
  readonly #running = new Map<Subject, Running>()

  private constructor(upstream: ChildProcess, upstreamPort: number) {
    this.upstream = upstream
    this.#upstreamPort = upstreamPort
    this.#load = startScript('load.ts')
  }

  /** With `tlsAddress`, an address of this computer, all subjects serve TLS there. */
  static async open(tlsAddress?: string): Promise<Contest> {
    const upstream = startScript('upstream.ts')
    const { port } = await nextMessage<{ port: number }>(upstream)
    const contest = new Contest(upstream, port)
    if (tlsAddress !== undefined) await contest.#prepareTls(tlsAddress)
    return contest
  }

  /** A certificate for the subjects that have none of their own, with a key like that of Latchkey's. */
  async #prepareTls(address: string): Promise<void> {
    const { cert, key } = await makeCertificate({ addresses: [address] })
    const [certFile, keyFile] = [join(this.#dir, 'tls.crt'), join(this.#dir, 'tls.key')]
    writeFileSync(certFile, cert)
    writeFileSync(keyFile, key, { mode: 0o600 })
    this.#tls = { address, certFile, keyFile }
  }

  /** Starts and warms up all available subjects; reports why the others are not available. */
  async admit(subjects: readonly Subject[]): Promise<void> {
    for (const subject of subjects) {
      const reason = subject.absent()
      if (reason !== undefined) {
        console.log(`Without ${subject.name}: ${reason}`)
        continue
      }
      const running = await this.#start(subject)
      this.#running.set(subject, running)
      const plan = {
        method: 'POST',
        path: SMALL_PATH,
        secret: running.secret,
        json: CHAT_JSON,
        bodyBytes: 256,
      } as const
      await this.#runJob({ kind: 'requests', ...targetOf(running), connections: 8, total: WARM_UP, plan })
    }
  }

  /** The samples of every subject for which the scenario applies; one per round and measure. */
  async run(scenario: Scenario, rounds: number): Promise<Samples> {
    const samples: Record<string, Record<string, number[]>> = {}
    for (let round = -scenario.warmUps; round < rounds; round++) {
      for (const [subject, running] of this.#running) {
        if (!scenario.suits(subject.name)) continue
        const measures = await this.#measure(scenario, subject, running)
        if (round >= 0) keep(measures, (samples[subject.name] ??= {}))
      }
    }
    return samples
  }

  /** Reports a failing peer and measures it again, because it must not cost the whole run. Latchkey must not fail. */
  async #measure(scenario: Scenario, subject: Subject, running: Running): Promise<Measures> {
    const measure = () => scenario.measure(running, this.#tools(subject))
    if (subject.name.startsWith('Latchkey')) return measure()
    return measure().catch((error: unknown) => {
      console.log(`${subject.name} failed in “${scenario.title}” and is measured again: ${String(error)}`)
      return measure()
    })
  }

  async close(): Promise<void> {
    for (const { child } of this.#running.values()) await stopChild(child)
    await stopChild(this.upstream)
    await stopChild(this.#load)
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #tools(subject: Subject): Tools {
    return {
      load: (job) => this.#runJob(job),
      withFresh: async (use) => {
        const fresh = await this.#start(subject)
        try {
          return await use(fresh)
        } finally {
          await stopChild(fresh.child)
        }
      },
    }
  }

  #start(subject: Subject): Promise<Running> {
    const dir = mkdtempSync(join(this.#dir, 'run-'))
    return subject.start({ upstreamPort: this.#upstreamPort, dir, tls: this.#tls })
  }

  async #runJob(job: LoadJob): Promise<LoadResult> {
    this.#load.send(job)
    return nextMessage<LoadResult>(this.#load)
  }
}

function keep(measures: Measures, samples: Record<string, number[]>): void {
  for (const [name, value] of Object.entries(measures)) (samples[name] ??= []).push(value)
}
