import type { Role } from '#shared/people/role.ts'
import type { Session, SignInMethod } from '#shared/people/session.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../../base/log.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { UseStore } from '../ports.ts'
import { newSecret, sha256 } from '../secrets.ts'
import { idleMsOf, LONGEST_SESSION_MS } from './lifetimes.ts'
import type { Proof, SessionPerson, SessionStore, StoredSession, TokenStore } from './ports.ts'
import { Tokens } from './tokens.ts'

export interface SessionsOptions {
  readonly store: SessionStore
  /** null: one-time tokens are in memory. */
  readonly tokens: TokenStore | null
  readonly use: UseStore
  /** undefined if there is no such person. It is asked for each request, so it must answer from memory. */
  readonly personOf: (id: string) => SessionPerson | undefined
  /** Whether the person could come in now by this method. Asked as often. */
  readonly hasWayIn: (personId: string, method: SignInMethod) => boolean
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Pick<Log, 'warn'>
  /** Called after a session began or ended. */
  readonly onChanged: () => void
}

export interface NewSession extends Proof {
  /** The header `User-Agent`. */
  readonly device: string | null
  /** The other end of the connection. */
  readonly address: string | null
}

/** A new session with its two secrets, which are nowhere else. */
export interface OpenedSession {
  readonly id: string
  readonly cookie: string
  readonly pageSecret: string
  /** How long the browser may keep the cookie; null: until it closes. */
  readonly keptMs: number | null
}

export interface FoundSession {
  readonly id: string
  readonly personId: string
  readonly role: Role
  readonly method: SignInMethod
}

type EndListener = (id: string) => void

/** A session in memory. A change of the person's role ends it, as a session must not gain or lose rights. */
interface Entry {
  readonly row: StoredSession
  readonly role: Role
  seenAt: number
}

const LOOK_EVERY_MS = 60_000
/** How often uses are written at most. Pages send many requests, and each write waits for the disk. */
const TOUCH_EVERY_MS = 600_000
const MOST_OF_A_PERSON = 50
const LONGEST_DEVICE = 200

/**
 * The open sessions of the console. A session has two secrets: browsers send a cookie to every port of its host, so any
 * other server there receives it; the second secret is in the storage of the console's own origin, and only its pages
 * send it. Scripts cannot read the cookie, so the second secret alone is useless. Only hashes are stored.
 *
 * A session ends when it is not used, when it is old, when somebody ends it, when its person is paused, removed or given
 * another role, and with the way in by which it began. It ends in memory first, and a restored backup does not bring it back.
 */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #tokens: Tokens
  readonly #entries = new Map<string, Entry>()
  readonly #idOfCookie = new Map<string, string>()
  readonly #listeners = new Set<EndListener>()
  readonly #writes = new Sequencer()
  /** Sessions that were used since their last use was written. */
  readonly #used = new Set<string>()
  /** Sessions that have ended and may still have a row. */
  readonly #ended = new Set<string>()
  readonly #timer: NodeJS.Timeout
  #touchedAt: number

  private constructor(options: SessionsOptions, stored: readonly StoredSession[]) {
    this.#options = options
    this.#tokens = new Tokens(options)
    this.#touchedAt = options.now()
    for (const row of stored) this.#take(row)
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref()
  }

  static async open(options: SessionsOptions): Promise<Sessions> {
    return new Sessions(options, await options.store.load())
  }

  /** Rejects with a PersonError if the person is not active. Without room on the disk it lasts until a restart. */
  async open({ personId, method, device, address }: NewSession): Promise<OpenedSession> {
    const { now, randomBytes, store, log, onChanged } = this.#options
    const [cookie, pageSecret] = [newSecret(randomBytes), newSecret(randomBytes)]
    const row: StoredSession = {
      id: `session_${Buffer.from(randomBytes(8)).toString('hex')}`,
      cookieHash: sha256(cookie),
      pageHash: sha256(pageSecret),
      person: personId,
      method,
      device: device?.slice(0, LONGEST_DEVICE) ?? null,
      address,
      createdAt: now(),
      seenAt: now(),
    }
    if (!this.#take(row)) throw notActive()
    this.#endOldest(personId)
    onChanged()
    await this.#write(() => (this.#entries.has(row.id) ? store.put(row) : Promise.resolve())).catch((err: unknown) =>
      log.warn({ err }, 'could not write a session, so it ends with this run'),
    )
    return { id: row.id, cookie, pageSecret, keptMs: method === 'link' ? null : LONGEST_SESSION_MS }
  }

  /** The session to which one of the cookies and the page's secret belong. Counts as a use of it. */
  find(cookies: readonly string[], pageSecret: string | undefined): FoundSession | undefined {
    if (pageSecret === undefined) return undefined
    const page = sha256(pageSecret)
    for (const cookie of cookies) {
      const entry = this.#entries.get(this.#idOfCookie.get(sha256(cookie)) ?? '')
      if (entry === undefined || entry.row.pageHash !== page || !this.#isAlive(entry)) continue
      entry.seenAt = this.#options.now()
      this.#used.add(entry.row.id)
      const { id, person, method } = entry.row
      return { id, personId: person, role: entry.role, method }
    }
    return undefined
  }

  /** The open sessions of a person, the last used first. */
  list(personId: string, currentId: string | null): Session[] {
    return this.#of(personId)
      .filter((entry) => this.#isAlive(entry))
      .sort((one, other) => other.seenAt - one.seenAt)
      .map(({ row: { id, method, device, address, createdAt }, seenAt }) => ({
        id,
        method,
        device,
        address,
        createdAt,
        seenAt,
        expiresAt: createdAt + LONGEST_SESSION_MS,
        current: id === currentId,
      }))
  }

  /** False: the person has no such session. Rejects with a PersonError if the end could not be written. */
  async end(id: string, personId: string): Promise<boolean> {
    if (this.#entries.get(id)?.row.person !== personId) return false
    await this.#end([id])
    return true
  }

  /** Ends all sessions of a person, or all but one. Rejects with a PersonError if the end could not be written. */
  async endAll(personId: string, exceptId: string | null = null): Promise<void> {
    const ids = this.#of(personId).map(({ row }) => row.id)
    await this.#end(ids.filter((id) => id !== exceptId))
  }

  /** Calls the listener at once for each session that ends. Returns a function that removes it. */
  onEnded(listener: EndListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** A token of 256 random bits that opens one session: the owner's for 12 hours, or that of a proven person for 2 minutes. */
  issueToken(proof?: Proof): string {
    return this.#tokens.issue(proof)
  }

  /** Resolves when the tokens that were issued so far work at every gateway. A person takes longer to open a link. */
  tokensKnown(): Promise<void> {
    return this.#tokens.known()
  }

  /** Each token works once. */
  redeem(token: string): Promise<Proof | undefined> {
    return this.#tokens.redeem(token)
  }

  /** Ends what must end. Call it after each change of persons, of their ways in and of the settings. */
  look(): void {
    const over = [...this.#entries.values()].filter((entry) => !this.#isAlive(entry)).map(({ row }) => row.id)
    void this.#end(over).catch((err: unknown) => this.#options.log.warn({ err }, 'could not write the end of sessions'))
    if (this.#used.size > 0 && this.#options.now() - this.#touchedAt >= TOUCH_EVERY_MS) void this.#touch()
  }

  /** The rows were replaced by those of a backup, in which sessions can be open that have ended since. */
  async rewrite(): Promise<void> {
    await this.#options.store.replaceAll(this.#rows())
  }

  /** Takes over the sessions that began, were used or ended at other gateways. */
  follow({ put, removed }: ForeignRows['sessions'], used: ForeignRows['used']['sessions']): void {
    // One that ended here, and could not be written, stays ended.
    for (const row of put) if (!this.#ended.has(row.id) && !this.#entries.has(row.id)) this.#take(row)
    for (const id of removed) {
      const entry = this.#entries.get(id)
      if (entry !== undefined) this.#forget(entry.row)
      this.#ended.delete(id)
    }
    for (const { id, at } of used) {
      const entry = this.#entries.get(id)
      if (entry !== undefined) entry.seenAt = Math.max(entry.seenAt, at)
    }
    if (put.length > 0 || removed.length > 0) this.#options.onChanged()
  }

  /** Writes the last uses. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#touch()
  }

  #take(row: StoredSession): boolean {
    const person = this.#options.personOf(row.person)
    if (person?.isActive !== true) {
      this.#ended.add(row.id)
      return false
    }
    this.#entries.set(row.id, { row, role: person.role, seenAt: row.seenAt })
    this.#idOfCookie.set(row.cookieHash, row.id)
    return true
  }

  #isAlive({ row: { person: id, method, createdAt }, role, seenAt }: Entry): boolean {
    const now = this.#options.now()
    const person = this.#options.personOf(id)
    const isTheirs = person?.isActive === true && person.role === role
    const isOver = now > seenAt + idleMsOf(method) || now > createdAt + LONGEST_SESSION_MS
    return isTheirs && !isOver && this.#options.hasWayIn(id, method)
  }

  #of(personId: string): Entry[] {
    return [...this.#entries.values()].filter(({ row }) => row.person === personId)
  }

  #endOldest(personId: string): void {
    const theirs = this.#of(personId).sort((one, other) => other.seenAt - one.seenAt)
    for (const { row } of theirs.slice(MOST_OF_A_PERSON)) this.#forget(row)
  }

  #forget({ id, cookieHash }: StoredSession): void {
    this.#entries.delete(id)
    this.#idOfCookie.delete(cookieHash)
    this.#used.delete(id)
    this.#ended.add(id)
    for (const listener of this.#listeners) listener(id)
  }

  /** Also removes rows whose removal failed before. */
  async #end(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry !== undefined) this.#forget(entry.row)
    }
    if (ids.length > 0) this.#options.onChanged()
    if (this.#ended.size === 0) return
    await this.#write(async () => {
      const ended = [...this.#ended]
      await this.#options.store.remove(ended)
      for (const id of ended) this.#ended.delete(id)
    }).catch((cause: unknown) => {
      throw notSaved(cause)
    })
  }

  async #touch(): Promise<void> {
    this.#touchedAt = this.#options.now()
    const seen = new Map([...this.#used].map((id) => [id, this.#entries.get(id)?.seenAt ?? 0]))
    this.#used.clear()
    await this.#write(() => this.#options.store.touch(seen)).catch((err: unknown) =>
      this.#options.log.warn({ err }, 'could not write when sessions were last used'),
    )
  }

  #rows(): StoredSession[] {
    return Array.from(this.#entries.values(), ({ row, seenAt }) => ({ ...row, seenAt }))
  }

  #write(work: () => Promise<void>): Promise<void> {
    return this.#writes.queue(() => this.#options.use(work))
  }
}

function notActive(): PersonError {
  return new PersonError('no_such_person', 'There is no such person, or they may not use Latchkey now.')
}

function notSaved(cause: unknown): PersonError {
  if (cause instanceof PersonError) return cause
  const sentence =
    'The session has ended, but Latchkey could not save that, so it may be open again after a restart. Check that the disk is not full, and end it again.'
  return new PersonError('store_failed', sentence, { cause, parts: { so: 'session_ended' } })
}
