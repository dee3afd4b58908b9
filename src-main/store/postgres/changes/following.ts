import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { ForeignRows, RowUse } from '#shared/records/foreign-rows.ts'
import type { Log } from '../../../base/log.ts'
import type { Client, Database } from '../connection/database.ts'
import type { KeyTable } from '../tables/key-table.ts'
import type { FoundCounts } from '../tables/origin-counts.ts'
import type { OriginTable } from '../tables/origin-table.ts'
import type { PairingTable } from '../tables/pairing-table.ts'
import type { PeopleTables } from '../tables/people-tables.ts'
import type { ReadRow } from '../tables/record-table.ts'
import { UseReader } from '../tables/uses.ts'
import { type DoubtfulRow, Doubts } from './doubts.ts'
import type { Snapshot } from './snapshot.ts'
import { ROW_KINDS, type RowKind, type Versions } from './versions.ts'

export interface FollowingOptions {
  readonly database: Database
  readonly versions: Versions
  readonly snapshot: Snapshot
  readonly tables: PeopleTables & { readonly keys: KeyTable; readonly origins: OriginTable }
  readonly pairings: Pick<PairingTable, 'read'>
  readonly now: () => number
  readonly log: Pick<Log, 'error'>
}

type Listener = (rows: ForeignRows) => void

/** So many changes are read at once. After a longer absence everything is read. */
const MOST_CHANGES = 5_000
/** People see last uses only in the console, which asks for them. */
const USES_EVERY_MS = 30_000

/** Reads what other gateways have changed, and hands it to the rooms. */
export class Following {
  readonly #options: FollowingOptions
  readonly #listeners = new Set<Listener>()
  readonly doubts = new Doubts()
  readonly #uses = { keys: new UseReader('keys'), sessions: new UseReader('sessions') }
  #position = 0
  #announced = 0
  /** The time of the change at the position, if it is known: another one shows that this is not the same change. */
  #changedAt: number | undefined
  #running: Promise<void> | undefined
  #isWanted = false
  #usesReadAt = 0
  /** The rooms have the requests of apps up to this change. They read none at the start. */
  #pairingsUpTo = -1

  constructor(options: FollowingOptions) {
    this.#options = options
  }

  /** Call when the snapshot has been read. */
  begin(): void {
    this.#position = this.#options.snapshot.n
  }

  /** Another gateway says that there is a change with this number. */
  announced(n: number): void {
    this.#announced = Math.max(this.#announced, n)
  }

  /** The number of changes that were announced and that the rooms do not have. */
  get behind(): number {
    return Math.max(0, this.#announced - this.#position)
  }

  /** The listener must not throw. Returns a function that removes it. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when the rooms have everything that was committed before this call, last uses included. */
  catchUp(): Promise<void> {
    this.#usesReadAt = 0
    return this.look()
  }

  /** Resolves when the rooms have every change that was committed before this call. */
  async look(): Promise<void> {
    // What is read now would be lost. It is read when the rooms are there.
    if (this.#listeners.size === 0) return
    // A reading that runs already may have begun before the change.
    this.#isWanted = true
    this.#running ??= this.#readAll()
    return this.#running
  }

  /** Reads the changes after this one again. */
  readFrom(after: number): void {
    if (after < this.#position) this.#changedAt = undefined
    this.#position = Math.min(this.#position, after)
    // If it fails, the next look does it.
    void this.look().catch(() => undefined)
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#isWanted) {
        this.#isWanted = false
        await this.#read()
      }
    } finally {
      // Before anything else runs, so that nobody waits for a reading that is over.
      this.#running = undefined
    }
  }

  async #read(): Promise<void> {
    const { database, tables, versions } = this.#options
    const from = this.#position
    const doubts = this.doubts.list()
    const found = await database.follow((client) => this.#changesIn(client, from, doubts))
    // In one turn, so that no change of this gateway comes between.
    if (this.#position < from) {
      this.#isWanted = true
      return
    }
    if (found.isOther) this.#beginAnew(found.n)
    this.#position = found.n
    this.#changedAt = found.changedAt ?? undefined
    this.#settle(doubts, found.n)
    this.#pairingsUpTo = found.n
    const seen = tables.origins.counts.take(found.counts)
    const rows = { ...this.#newer(found.kinds), seen, used: found.used, pairings: found.pairings }
    for (const origin of rows.origins.removed) tables.origins.counts.delete(origin)
    versions.forgetRemoved(found.n)
    if (isEmpty(rows)) return
    for (const listener of this.#listeners) listener(rows)
  }

  /** The rows count as new, unless this gateway has changed them since. */
  #settle(doubts: readonly DoubtfulRow[], n: number): void {
    const { versions } = this.#options
    for (const { kind, id } of doubts) if (versions.latest(kind, id) <= n) versions.forget(kind, id)
    this.doubts.remove(doubts)
  }

  /**
   * The database has not all that this gateway has read: a standby took over that had not received the last changes. Their
   * numbers are given again, so every row counts as new.
   */
  #beginAnew(n: number): void {
    const { log, versions } = this.#options
    log.error({ known: this.#position, found: n }, 'the database has lost changes; check keys, people and sites')
    versions.clear()
  }

  #isOtherTime(time: number | null): boolean {
    return time !== null && this.#changedAt !== undefined && time !== this.#changedAt
  }

  async #changesIn(client: Client, from: number, doubts: readonly DoubtfulRow[]): Promise<Found> {
    const { rows: heads } = await client.query<Head>(
      `SELECT n, (SELECT MIN(n) FROM changes) AS first, (SELECT MAX(time) FROM changes WHERE n = change_counter.n) AS "changedAt",
         (SELECT MAX(time) FROM changes WHERE n = $1) AS "knownAt" FROM change_counter`,
      [from],
    )
    const { n = 0, first = null, changedAt = null, knownAt = null } = heads[0] ?? {}
    const isOther = n < from || this.#isOtherTime(knownAt)
    const counts = await this.#options.tables.origins.counts.find(client)
    const used = await this.#usesIn(client)
    const pairings = await this.#pairingsIn(client, n, isOther)
    const head = { n, changedAt, isOther, counts, used, pairings }
    if (n === from && !isOther && doubts.length === 0) return { ...head, kinds: NOTHING }
    const isTooLong = isOther || n - from > MOST_CHANGES || (first ?? n + 1) > from + 1
    const ids = isTooLong ? undefined : await this.#changedIds(client, from, doubts)
    return { ...head, kinds: await this.#rowsOf(client, ids) }
  }

  async #pairingsIn(client: Client, n: number, isOther: boolean): Promise<ForeignRows['pairings']> {
    if (n === this.#pairingsUpTo && !isOther) return NO_PAIRINGS
    return { ...(await this.#options.pairings.read(client, isOther ? -1 : this.#pairingsUpTo)), isWhole: isOther }
  }

  async #usesIn(client: Client): Promise<ForeignRows['used']> {
    const now = this.#options.now()
    if (now - this.#usesReadAt < USES_EVERY_MS) return NO_USES
    this.#usesReadAt = now
    return { keys: await this.#uses.keys.read(client), sessions: await this.#uses.sessions.read(client) }
  }

  /** The rows of foreign changes, by kind. */
  async #changedIds(client: Client, from: number, doubts: readonly DoubtfulRow[]): Promise<Map<RowKind, string[]>> {
    const { rows } = await client.query<{ kind: RowKind; id: string; n: number }>(
      'SELECT kind, id, MAX(n) AS n FROM changes WHERE n > $1 GROUP BY kind, id',
      [from],
    )
    const { versions } = this.#options
    const foreign: DoubtfulRow[] = rows.filter(({ kind, id, n }) => versions.latest(kind, id) < n)
    return new Map(
      [...Map.groupBy([...foreign, ...doubts], ({ kind }) => kind)].map(([kind, changed]) => [
        kind,
        [...new Set(changed.map(({ id }) => id))],
      ]),
    )
  }

  async #rowsOf(client: Client, ids: ReadonlyMap<RowKind, string[]> | undefined): Promise<Read> {
    const { tables, versions } = this.#options
    const read: Record<string, KindRead<unknown>> = {}
    for (const kind of ROW_KINDS) {
      const wanted = ids === undefined ? undefined : (ids.get(kind) ?? [])
      if (wanted?.length === 0) {
        read[kind] = NONE
        continue
      }
      read[kind] = { rows: await tables[kind].read(client, wanted), asked: wanted ?? versions.ids(kind) }
    }
    // One entry for each kind was added above.
    return read as unknown as Read
  }

  /** Leaves out what this gateway has written itself meanwhile, and notes the versions of the rest. */
  #newer(read: Read): Omit<ForeignRows, 'seen' | 'used' | 'pairings'> {
    return {
      persons: this.#newerOf('persons', read.persons),
      credentials: this.#newerOf('credentials', read.credentials),
      invitations: this.#newerOf('invitations', read.invitations),
      keys: this.#newerOf('keys', read.keys),
      origins: this.#newerOf('origins', read.origins),
      sessions: this.#newerOf('sessions', read.sessions),
    }
  }

  #newerOf<T>(kind: RowKind, { rows, asked }: KindRead<T>): { put: T[]; removed: string[] } {
    const { versions } = this.#options
    const there = new Set(rows.map(({ id }) => id))
    const put: T[] = []
    const removed: string[] = []
    for (const { id, version, row } of rows) {
      if (version <= versions.latest(kind, id)) continue
      versions.set(kind, id, version)
      if (row === undefined) removed.push(id)
      else put.push(row)
    }
    for (const id of asked) {
      if (there.has(id) || versions.latest(kind, id) > this.#position) continue
      versions.setRemoved(kind, id, this.#position)
      removed.push(id)
    }
    return { put, removed }
  }
}

interface Head {
  readonly n: number
  readonly first: number | null
  readonly changedAt: number | null
  readonly knownAt: number | null
}

interface Found extends Pick<Head, 'n' | 'changedAt'> {
  /** True if the database has another past than this gateway knows. */
  readonly isOther: boolean
  readonly kinds: Read
  readonly counts: FoundCounts
  readonly used: ForeignRows['used']
  readonly pairings: ForeignRows['pairings']
}

interface KindRead<T> {
  readonly rows: readonly ReadRow<T>[]
  /** The ids that were looked for: those without a row have been removed. */
  readonly asked: readonly string[]
}

interface Read {
  readonly persons: KindRead<ForeignRows['persons']['put'][number]>
  readonly credentials: KindRead<ForeignRows['credentials']['put'][number]>
  readonly invitations: KindRead<ForeignRows['invitations']['put'][number]>
  readonly keys: KindRead<StoredKey>
  readonly origins: KindRead<OriginRecord>
  readonly sessions: KindRead<ForeignRows['sessions']['put'][number]>
}

const NONE = { rows: [], asked: [] }
const NOTHING: Read = {
  persons: NONE,
  credentials: NONE,
  invitations: NONE,
  keys: NONE,
  origins: NONE,
  sessions: NONE,
}
const NO_USES: ForeignRows['used'] = { keys: [] as RowUse[], sessions: [] as RowUse[] }
const NO_PAIRINGS: ForeignRows['pairings'] = { rows: [], now: 0, isWhole: false }

function isEmpty({ seen, used, pairings, ...kinds }: ForeignRows): boolean {
  if (pairings.rows.length > 0 || pairings.isWhole) return false
  const counts = seen.length + used.keys.length + used.sessions.length
  return counts === 0 && Object.values(kinds).every(({ put, removed }) => put.length === 0 && removed.length === 0)
}
