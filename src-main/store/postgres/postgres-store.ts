import type { DatabaseState } from '#shared/console-api/database.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import type { Log } from '../../base/log.ts'
import { Changes } from './changes/changes.ts'
import type { DoubtfulRow } from './changes/doubts.ts'
import { Following } from './changes/following.ts'
import { Snapshot } from './changes/snapshot.ts'
import { TrimChanges } from './changes/trim-changes.ts'
import { Versions } from './changes/versions.ts'
import { connectionProblem } from './connection/connection-problem.ts'
import { Database } from './connection/database.ts'
import { databaseAway } from './connection/database-errors.ts'
import { Contact, type ContactState } from './contact/contact.ts'
import { contactNotices } from './contact/contact-notices.ts'
import { type GatewayFacts, GatewayRow } from './contact/gateway-row.ts'
import { LastContact } from './contact/last-contact.ts'
import { Lease } from './contact/lease.ts'
import { readDatabaseState } from './database-state.ts'
import { Leader } from './leader.ts'
import { LimitQuestionTable } from './limits/limit-question-table.ts'
import { ShareTable } from './limits/share-table.ts'
import { MIGRATIONS } from './migrations/all.ts'
import { migrate } from './migrations/migrate.ts'
import { createRowStores, createTables, sourcesOf, type Tables } from './row-stores.ts'
import { AuditTable } from './tables/audit-table.ts'
import { FlowTable } from './tables/flow-table.ts'
import { PairingTable } from './tables/pairing-table.ts'
import { TokenTable } from './tables/token-table.ts'
import { SharedUsage } from './usage/shared-usage.ts'

export interface PostgresOptions {
  readonly url: string
  readonly passwordFile?: string | undefined
  readonly gateway: GatewayFacts
  /** How long this gateway may go on without the database. */
  readonly graceMs: () => number
  readonly now: () => number
  /** Milliseconds that never go back. */
  readonly monotonic: () => number
  readonly random: () => number
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly onClosed: () => void
}

const GOODBYE_MS = 2_000
/** Shares of tokens are kept so long after their day. */
const SHARES_KEPT_MS = 3 * 86_400_000

/** `away`: the database does not answer. `closed`: for too long. `here`: it is back, and what changed meanwhile has been read. */
type Listener = (change: { readonly kind: ContactState }) => Promise<void>

/**
 * Opens the shared store: migrates it if nobody has, and reads it. Rejects with a PersonError (`database_away`,
 * `database_refused`, `store_too_new`), and then holds no connection.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  const database = new Database({
    url: options.url,
    passwordFile: options.passwordFile,
    applicationName: `Latchkey ${options.gateway.program}`,
    log: options.log,
  })
  try {
    await database.choose()
    await migrate(database, MIGRATIONS)
    const store = new PostgresStore(options, database)
    await store.begin()
    return store
  } catch (error) {
    await database.close()
    throw connectionProblem(error, options.url)
  }
}

/** The store that several gateways share. Each has all rows in memory, and reads what the others change. */
export class PostgresStore {
  readonly #database: Database
  readonly #following: Following
  readonly #contact: Contact
  readonly #last: LastContact
  readonly #gateway: GatewayRow
  readonly #snapshot: Snapshot
  readonly #tables: Tables
  readonly #notices: Problem[] = []
  #id = ''
  readonly #listeners = new Set<Listener>()
  readonly #onClosed: () => void
  readonly #options: PostgresOptions
  readonly #leader: Leader
  readonly #trimming: TrimChanges
  /** The rows of usage, which all gateways write. */
  readonly usageRows: SharedUsage
  /** This gateway's shares of the limits. */
  readonly shares: ShareTable
  readonly limitQuestions: LimitQuestionTable

  readonly isShared = true
  readonly tokens: TokenTable
  readonly flows: FlowTable
  readonly pairings: PairingTable
  readonly persons
  readonly credentials
  readonly invitations
  readonly keys
  readonly origins
  readonly arrivals
  readonly joinings
  readonly sessions
  readonly audit: AuditTable
  readonly backups = {
    create: () => Promise.reject(backupsElsewhere()),
    list: () => Promise.reject(backupsElsewhere()),
    removeAll: () => Promise.resolve(0),
    restore: () => Promise.reject(backupsElsewhere()),
  }

  constructor(options: PostgresOptions, database: Database) {
    const versions = new Versions()
    const snapshot = new Snapshot(database, versions)
    const catchUp = () => this.#following.look()
    const readFrom = (after: number) => this.#following.readFrom(after)
    const isAway = () => this.isAway
    const doubt = (rows: readonly DoubtfulRow[]) => this.#following.doubts.add(rows)
    const changes = new Changes({ database, versions, now: options.now, catchUp, doubt, isAway, readFrom })
    const tables = createTables({ database, changes, versions, snapshot }, (notice) => this.#tell(notice))
    this.#database = database
    this.#onClosed = options.onClosed
    this.#snapshot = snapshot
    this.#tables = tables
    this.pairings = new PairingTable({ changes, look: () => this.look() })
    const { pairings } = this
    this.#following = new Following({
      database,
      versions,
      snapshot,
      tables,
      pairings,
      now: options.now,
      log: options.log,
    })
    const { monotonic, log } = options
    const lease = new Lease({ ...options, steady: monotonic })
    this.#gateway = new GatewayRow(database, options.gateway, lease)
    this.shares = new ShareTable({ database, gateway: () => this.#gateway.id, lease })
    this.#last = new LastContact(lease)
    this.#contact = new Contact({
      database,
      log,
      last: this.#last,
      beat: (client) => this.#gateway.beat(client),
      catchUp,
      hear: (payload) => this.shares.hear(payload),
      missed: () => this.shares.missed(),
      announced: (n) => this.#following.announced(n),
      random: options.random,
      onChange: (kind) => this.#tellAll(kind),
    })
    this.#options = options
    this.#leader = new Leader({ database, log, monotonic })
    this.#trimming = new TrimChanges({ leader: this.#leader, now: options.now, log })
    this.usageRows = new SharedUsage(database)
    const stores = createRowStores({ database, changes, tables })
    this.persons = stores.persons
    this.credentials = stores.credentials
    this.invitations = stores.invitations
    this.keys = tables.keys
    this.origins = tables.origins
    this.arrivals = stores.arrivals
    this.joinings = stores.joinings
    this.sessions = stores.sessions
    this.audit = new AuditTable(database)
    this.tokens = new TokenTable(database, options.now)
    this.flows = new FlowTable(database)
    this.limitQuestions = new LimitQuestionTable(database)
  }

  /** The same at all gateways. */
  get id(): string {
    return this.#id
  }

  /** False if the database was not reached for too long: nobody knows which keys were closed meanwhile. */
  get isOpen(): boolean {
    return !this.#last.isTooOld
  }

  /** True if the database did not answer the last time, so that it is in vain to ask it. */
  get isAway(): boolean {
    return this.#contact.state !== 'here'
  }

  /** How long the database has been away, in seconds. 0 while there is contact. */
  get awaySeconds(): number {
    return this.isAway ? Math.max(1, (this.#options.now() - this.#last.at) / 1000) : 0
  }

  /** Changes by other gateways that were announced and have not been read. */
  get changesBehind(): number {
    return this.#following.behind
  }

  get isCutOff(): boolean {
    return this.#last.isTooOld
  }

  /** The number of this run among all runs of all gateways. */
  get gatewayId(): number {
    return this.#gateway.id
  }

  /** True if this gateway does the upkeep for all. */
  isLeader(): boolean {
    return this.#leader.isLeader()
  }

  notices(): readonly Problem[] {
    return [
      ...contactNotices(this.#contact.state, this.#last),
      ...this.#notices,
      ...this.#zoneNotice(),
      ...this.#settingsNotice(),
    ]
  }

  use<T>(work: () => Promise<T>): Promise<T> {
    return work()
  }

  /** Reports contact lost and found. Nothing replaces all rows of a shared database. */
  changes(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hands over what other gateways change. The listener must not throw. Returns a function that removes it. */
  follow(listener: (rows: ForeignRows) => void): () => void {
    return this.#following.on(listener)
  }

  /** Resolves when the rooms have everything that was committed before this call. Rejects at once while the database is away. */
  async catchUp(): Promise<void> {
    if (this.isAway) throw databaseAway()
    await this.#following.catchUp()
  }

  /** The same without last uses. */
  async look(): Promise<void> {
    if (this.isAway) throw databaseAway()
    await this.#following.look()
  }

  /** Reads all rows. Call it once. */
  async begin(): Promise<void> {
    const begun = this.#last.begin()
    await this.#gateway.begin()
    await this.shares.prune(this.#options.now() - SHARES_KEPT_MS)
    this.#id = await this.#readId()
    await this.#snapshot.read(sourcesOf(this.#tables))
    this.#following.begin()
    this.#last.reached(begun)
  }

  database(): Promise<DatabaseState> {
    return readDatabaseState(this.#database, this.#gateway.id, this.#options.now)
  }

  /** Starts to follow the other gateways. Call it when the rooms have read their rows. */
  async start(): Promise<void> {
    this.#leader.start()
    this.#trimming.start()
    await this.#contact.start()
  }

  async close(): Promise<void> {
    // A database that does not answer does not say goodbye either.
    const giveUp = setTimeout(() => this.#database.drop(), this.isAway ? 0 : GOODBYE_MS)
    await this.#trimming.stop()
    await this.#leader.stop()
    await this.#contact.stop()
    if (!this.isAway) await this.#gateway.end().catch(() => undefined)
    clearTimeout(giveUp)
    await this.#database.close()
    this.#onClosed()
  }

  #tellAll(kind: ContactState): void {
    for (const listener of this.#listeners) void listener({ kind })
  }

  async #readId(): Promise<string> {
    const { rows } = await this.#database.query<{ id: string }>('SELECT id FROM instance')
    return rows[0]?.id ?? ''
  }

  #zoneNotice(): Problem[] {
    const { otherZone } = this.#gateway
    if (otherZone === null) return []
    const { timeZone: own } = this.#options.gateway
    const sentence = `Another Latchkey on this database is in the time zone ${otherZone}, and this one in ${own}. Set the same on both, or each has its own limit of tokens per day.`
    return [problem('gateways_time_zones', sentence, { own, other: otherZone })]
  }

  #settingsNotice(): Problem[] {
    const settings = this.#gateway.otherSettings.join(', ')
    if (settings === '') return []
    const sentence = `Another Latchkey on this database has other settings: ${settings}. Set them alike on both, or people find something else each time.`
    return [problem('gateways_settings', sentence, { settings })]
  }

  #tell(notice: Problem): void {
    if (!this.#notices.some(({ message }) => message === notice.message)) this.#notices.push(notice)
  }
}

function backupsElsewhere(): PersonError {
  const sentence = 'The backups of a shared database are made with PostgreSQL’s own programs, such as pg_dump.'
  return new PersonError('backups_elsewhere', sentence)
}
