import type pg from 'pg'
import type { Log } from '../../../base/log.ts'
import { CHANNEL } from '../changes/changes.ts'
import type { Client, Database } from '../connection/database.ts'
import { causeCodeOf } from '../connection/database-errors.ts'
import { SIGNALS_CHANNEL } from '../limits/signals.ts'
import type { LastContact } from './last-contact.ts'

/** `away`: goes on with what it knows. `closed`: for too long, so every request must be refused. */
export type ContactState = 'here' | 'away' | 'closed'

export interface ContactOptions {
  readonly database: Pick<Database, 'connect' | 'choose' | 'drop'>
  readonly log: Pick<Log, 'warn'>
  readonly last: LastContact
  /** Says that this gateway lives. Rejects if the database is away, as does the next. */
  readonly beat: (client: Client) => Promise<void>
  /** Reads what others have changed. */
  readonly catchUp: () => Promise<void>
  /** Another gateway says something about limits. */
  readonly hear: (payload: string) => void
  /** This gateway may have missed what others said about limits until now. */
  readonly missed: () => void
  /** There is a change with this number. */
  readonly announced: (n: number) => void
  /** From 0 to 1. Gateways that lost the database at the same moment must not come back at the same moment. */
  readonly random: () => number
  /** Called after each change of the state. Must not throw. */
  readonly onChange: (state: ContactState) => void
}

/** A lost notification is made up for within this time. */
const LOOK_EVERY_MS = 2_000
/** A database that needs longer is away: its connections are cut, so that nobody waits for it. */
const LONGEST_LOOK_MS = 6_000
const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 5_000
/** The time of grace can become shorter meanwhile. */
const LONGEST_ALARM_MS = 60_000

/**
 * Keeps in contact with the database: listens for changes, and looks every two seconds in case a notification was lost. After
 * a failure it tries again, at first soon and then every five seconds, more or less.
 */
export class Contact {
  readonly #options: ContactOptions
  #listener: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #alarm: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS
  #isAway = false
  #told: ContactState = 'here'
  #isStopped = false
  #looking: Promise<void> = Promise.resolve()

  constructor(options: ContactOptions) {
    this.#options = options
  }

  get state(): ContactState {
    if (this.#options.last.isTooOld) return 'closed'
    return this.#isAway ? 'away' : 'here'
  }

  /** Never rejects: a gateway that lost the database since it read its rows tries again, as later. */
  start(): Promise<void> {
    this.#looking = this.#lookAndPlan()
    return this.#looking
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#alarm)
    if (this.#isAway) this.#options.database.drop()
    await this.#looking
    // Not awaited, because a database that hangs does not answer. The socket is cut when the database is closed.
    void this.#listener?.end().catch(() => undefined)
  }

  #lookIn(ms: number): void {
    if (this.#isStopped) return
    const { random } = this.#options
    this.#timer = setTimeout(() => void this.start(), ms * (0.75 + random() / 2)).unref()
  }

  async #lookAndPlan(): Promise<void> {
    const isReached = await this.#isReached()
    this.#isAway = !isReached
    if (!isReached) this.#giveUp()
    this.#tell()
    this.#lookIn(isReached ? LOOK_EVERY_MS : this.#retryMs)
    this.#retryMs = isReached ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, this.#retryMs * 2)
  }

  /** One connection that broke is no database that is away, so it looks once more. */
  async #isReached(): Promise<boolean> {
    const looked = await this.#look()
    if (looked !== 'broken' || this.#isAway || this.#isStopped) return looked === 'reached'
    return (await this.#look()) === 'reached'
  }

  /** Nobody waits for the database any more. */
  #giveUp(): void {
    const { last, database } = this.#options
    last.failed()
    database.drop()
  }

  async #look(): Promise<'reached' | 'broken' | 'hangs'> {
    const { last, log } = this.#options
    const begun = last.begin()
    try {
      const isInTime = await inTime(() => this.#reach())
      // Only now: before, the rooms did not have what was changed meanwhile.
      if (isInTime) last.reached(begun)
      else if (!this.#isAway) log.warn({ withinMs: LONGEST_LOOK_MS }, 'the database does not answer')
      return isInTime ? 'reached' : 'hangs'
    } catch (error) {
      if (!this.#isAway) log.warn({ code: causeCodeOf(error) }, 'could not reach the database, and tries again')
      return 'broken'
    }
  }

  async #reach(): Promise<void> {
    const { database, beat, catchUp } = this.#options
    if (this.#isAway) await database.choose()
    this.#listener ??= await this.#listen()
    // On this connection, because nobody else would notice that it is dead.
    await beat(this.#listener)
    await catchUp()
  }

  async #listen(): Promise<pg.Client> {
    const { database, catchUp, hear, missed, announced } = this.#options
    const client = await database.connect()
    const drop = () => {
      if (this.#listener === client) this.#listener = undefined
    }
    client.on('error', drop)
    client.on('end', drop)
    client.on('notification', ({ channel, payload }) => {
      if (channel === SIGNALS_CHANNEL) hear(payload ?? '')
      else {
        announced(Number(payload))
        void catchUp().catch(() => undefined)
      }
    })
    await client.query(`LISTEN ${CHANNEL}`)
    await client.query(`LISTEN ${SIGNALS_CHANNEL}`)
    missed()
    return client
  }

  #tell(): void {
    this.#wakeAtTheEnd()
    const { state } = this
    if (state === this.#told) return
    this.#told = state
    this.#options.onChange(state)
  }

  /** Running streams must end without a request that asks. */
  #wakeAtTheEnd(): void {
    clearTimeout(this.#alarm)
    const { restMs } = this.#options.last
    if (restMs < 0 || this.#isStopped) return
    this.#alarm = setTimeout(() => this.#tell(), Math.min(restMs + 1, LONGEST_ALARM_MS)).unref()
  }
}

/** Resolves to false if it takes too long. It then goes on, and may reject. */
async function inTime(work: () => Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), LONGEST_LOOK_MS)
  try {
    return await Promise.race([work().then(() => true), promise])
  } finally {
    clearTimeout(timer)
  }
}
