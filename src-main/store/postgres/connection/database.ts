import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import pg from 'pg'
import type { Log } from '../../../base/log.ts'
import { checkedAddresses, checkReadable } from './address.ts'
import { codeOf, databaseUnsure, explain, isConnectionError } from './database-errors.ts'
import { Servers } from './servers.ts'
import { storable } from './storable.ts'

export interface DatabaseOptions {
  /** `postgres://user@host:port/name?sslmode=...`, with commas between several hosts. */
  readonly url: string
  /** The file with the password, read at each connect; the address may then have none. */
  readonly passwordFile?: string | undefined
  /** Shown in PostgreSQL's own views. */
  readonly applicationName: string
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** A connection within a transaction or a piece of work. */
export type Client = Pick<pg.ClientBase, 'query'>

export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'REPEATABLE READ READ ONLY'

/** So many statements run at once. Most of the time there is one. */
const MOST_CONNECTIONS = 5
const CONNECT_MS = 5_000
/** A database that does not answer a statement for so long counts as away. */
const STATEMENT_MS = 15_000
/**
 * So much later the server ends the statement itself. Not earlier: a COMMIT that waits in vain for a synchronous standby would
 * report success.
 */
const SERVER_LATER_MS = 5_000
/** Everybody waits for the locks of a gateway that hangs within a transaction. None computes for so long within one. */
const SILENT_MS = 5_000
const IDLE_MS = 30_000
const GOODBYE_MS = 2_000

/** All of Latchkey's tables are in a schema of this name. */
export const SCHEMA = 'latchkey'

/**
 * The connections to PostgreSQL. Rejects with a PersonError `database_away` if the database cannot be reached, with
 * `database_refused` if it does not let Latchkey in, and with the driver's error for anything else.
 */
export class Database {
  readonly #options: DatabaseOptions
  readonly #servers: Servers
  readonly #pool: pg.Pool
  /** The one connection for following others. */
  readonly #following: pg.Pool
  readonly #sockets = new Set<Socket>()

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#servers = new Servers({
      addresses: checkedAddresses(options.url),
      connect: (address) => connected(new SteadyClient(this.#config(address))),
    })
    this.#pool = this.#openPool(MOST_CONNECTIONS)
    this.#following = this.#openPool(1)
  }

  /** One statement, on any connection. */
  query<R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult<R>> {
    return this.use((client) => client.query<R>(text, [...values]))
  }

  /** Work on one connection. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return useOf(this.#pool, work)
  }

  /**
   * A read-only transaction that sees one moment, for following what others change. It never waits for slow reports: that would look
   * like a database that is away.
   */
  follow<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return useOf(this.#following, (client) => transactionOn(client, work, 'REPEATABLE READ READ ONLY'))
  }

  /**
   * One transaction, rolled back if `work` rejects. Rejects with a PersonError `database_unsure` if the answer to COMMIT was
   * lost: then nobody knows whether it was committed.
   */
  transaction<T>(work: (client: Client) => Promise<T>, isolation: Isolation = 'READ COMMITTED'): Promise<T> {
    return this.use((client) => transactionOn(client, work, isolation))
  }

  /**
   * A connection of its own, which the caller ends: for LISTEN, and for locks that last as long as a session. Its statements may
   * take `statementMs`.
   */
  async connect(statementMs = STATEMENT_MS): Promise<pg.Client> {
    try {
      return await connected(new SteadyClient(this.#config(this.#servers.address, statementMs, statementMs)))
    } catch (error) {
      throw explain(error)
    }
  }

  /** Uses the server that takes writes now, if the address has several. Call it when the one in use does not answer. */
  async choose(): Promise<void> {
    if (await this.#servers.choose()) this.drop()
  }

  /**
   * Cuts all connections, also those that wait for an answer, whose statements reject with `database_away` or `database_unsure`.
   * For a database that does not answer: connections that hang must not use up the few there are.
   */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    // A database that does not answer does not say goodbye either.
    const giveUp = setTimeout(() => this.drop(), GOODBYE_MS)
    await Promise.all([this.#pool.end(), this.#following.end()])
    clearTimeout(giveUp)
    this.drop()
  }

  #openPool(max: number): pg.Pool {
    const config = () => this.#config(this.#servers.address)
    const Client = class extends SteadyClient {
      constructor() {
        super(config())
      }
    }
    const pool = new pg.Pool({ Client, max, idleTimeoutMillis: IDLE_MS, connectionTimeoutMillis: CONNECT_MS })
    // An idle connection that breaks is replaced at the next use.
    return pool.on('error', (err) =>
      this.#options.log.warn({ code: codeOf(err) }, 'a connection to the database ended'),
    )
  }

  #config(address: string, statementMs = STATEMENT_MS, silentMs = SILENT_MS): pg.ClientConfig {
    const { passwordFile, applicationName } = this.#options
    return {
      connectionString: passwordFile === undefined ? address : withPassword(address, passwordFile),
      application_name: applicationName,
      // Compiling a query takes longer than any query here.
      options: `-c search_path=${SCHEMA} -c jit=off`,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: statementMs,
      statement_timeout: statementMs + SERVER_LATER_MS,
      idle_in_transaction_session_timeout: silentMs,
      keepAlive: true,
      stream: () => this.#openSocket(),
      types: { getTypeParser: typeParser },
    }
  }

  #openSocket(): Socket {
    const socket = new Socket()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }
}

/** A connection that breaks while nobody waits for an answer must not end the process: the next statement rejects. */
class SteadyClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config)
    this.on('error', () => undefined)
  }
}

async function useOf<T>(pool: pg.Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await take(pool)
  let broken = false
  try {
    return await work(storing(client))
  } catch (error) {
    broken = isConnectionError(error)
    throw explain(error)
  } finally {
    client.release(broken)
  }
}

/** The same connection, to which every text can be given. */
function storing(client: pg.ClientBase): Client {
  const query = (asked: string | pg.QueryConfig, values?: readonly unknown[]) =>
    typeof asked === 'string'
      ? client.query(asked, values?.map(storable))
      : client.query({ ...asked, ...(asked.values === undefined ? {} : { values: asked.values.map(storable) }) })
  // The overloads with callbacks and streams are not used.
  return { query: query as pg.ClientBase['query'] }
}

async function take(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw explain(error)
  }
}

async function transactionOn<T>(
  client: Client,
  work: (client: Client) => Promise<T>,
  isolation: Isolation,
): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
  try {
    const done = await work(client)
    await client.query('COMMIT').catch((cause: unknown) => {
      throw isConnectionError(cause) ? databaseUnsure(cause) : cause
    })
    return done
  } catch (error) {
    if (!isConnectionError(error)) await client.query('ROLLBACK')
    throw error
  }
}

async function connected(client: pg.Client): Promise<pg.Client> {
  try {
    await client.connect()
    return client
  } catch (error) {
    void client.end().catch(() => undefined)
    throw error
  }
}

/** The driver ignores a password beside an address. It may have changed since the last connect. */
function withPassword(address: string, file: string): string {
  checkReadable(file)
  const url = new URL(address)
  url.password = encodeURIComponent(readFileSync(file, 'utf8').trim())
  return url.href
}

const INT8 = 20
const NUMERIC = 1700

/** Counts and times are below 2^53, so they are numbers, as from SQLite. */
const typeParser: typeof pg.types.getTypeParser = (oid: number, format?: unknown) => {
  if (oid === INT8 || oid === NUMERIC) return Number
  return pg.types.getTypeParser(oid, format as never) as never
}
