import { once } from 'node:events'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { type Serve, startServe } from '../../support/serve.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

/** A gateway with its way to the database. */
export interface Member {
  readonly index: number
  readonly proxy: TcpProxy
  readonly dir: TempDir
  /** undefined between a kill and the next start. */
  serve: Serve | undefined
}

export interface ClusterOptions {
  readonly gateways: number
  /** Their answers come from here; `--demo` by default. */
  readonly args?: readonly string[]
  /** True if nothing spoils the way to the database, so that no proxy is between. */
  readonly direct?: boolean
}

/** Several real gateways on one real PostgreSQL, each behind a proxy that can spoil its way. */
export class Cluster {
  readonly postgres: PostgresServer
  readonly url: string
  readonly members: readonly Member[]
  readonly #args: readonly string[]
  readonly #isDirect: boolean

  private constructor(
    postgres: PostgresServer,
    url: string,
    members: readonly Member[],
    { args = ['--demo'], direct = false }: ClusterOptions,
  ) {
    this.postgres = postgres
    this.url = url
    this.members = members
    this.#args = args
    this.#isDirect = direct
  }

  static async start(options: ClusterOptions): Promise<Cluster> {
    const postgres = await startPostgres()
    const url = await postgres.createDatabase()
    const members = await Promise.all(
      Array.from({ length: options.gateways }, async (_, index): Promise<Member> => {
        return { index, proxy: await startTcpProxy(postgres.port), dir: await createTempDir(), serve: undefined }
      }),
    )
    const cluster = new Cluster(postgres, url, members, options)
    for (const member of members) await cluster.startMember(member)
    return cluster
  }

  get running(): { readonly member: Member; readonly serve: Serve }[] {
    return this.members.flatMap((member) => (member.serve === undefined ? [] : [{ member, serve: member.serve }]))
  }

  async startMember(member: Member): Promise<void> {
    const env = { LATCHKEY_DATABASE_URL: this.#isDirect ? this.url : member.proxy.through(this.url) }
    member.serve = await startServe({ dataDir: member.dir.path, env, args: this.#args })
  }

  /** SIGKILL: what was only in its memory is lost. */
  async kill(member: Member): Promise<void> {
    const { serve } = member
    if (serve === undefined) return
    member.serve = undefined
    const ended = once(serve.process, 'exit')
    serve.process.kill('SIGKILL')
    await ended
  }

  async close(): Promise<void> {
    for (const { serve } of this.running) serve.process.kill('SIGCONT')
    await Promise.all(this.running.map(({ serve }) => serve.stop()))
    for (const { proxy, dir } of this.members) {
      await proxy.close()
      await dir.remove()
    }
    await this.postgres.remove()
  }
}
