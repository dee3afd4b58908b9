import { z } from 'zod'
import { type Exchange, exchangeSchema } from '#shared/gateway/exchange.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../../base/log.ts'
import { Sequencer } from '../../base/sequencer.ts'

/** Exchanges that are written in one transaction. The database writes each number of a writer once, and in order. */
export interface Batch {
  readonly writer: number
  readonly number: number
  readonly kept: readonly Exchange[]
  readonly summedOnly: readonly Exchange[]
}

const batchSchema: z.ZodType<Batch> = z.object({
  writer: z.number(),
  number: z.number(),
  kept: z.array(exchangeSchema),
  summedOnly: z.array(exchangeSchema),
})

/** Texts that wait on the disk, in order. */
export interface Spool {
  readonly waiting: number
  /** How many texts could not be read. */
  readonly damaged: number
  /** Resolves to false if there is no room. */
  append(text: string): Promise<boolean>
  first(): Promise<string | undefined>
  shift(): Promise<void>
  close(): Promise<void>
}

export interface UsageSpoolOptions {
  readonly spool: Spool
  /** A number that no other process has ever had. */
  readonly writer: number
  /** Writes a batch, unless it is written already. */
  readonly write: (batch: Batch) => Promise<void>
  /** The same for a batch that waited. */
  readonly writeLate: (batch: Batch) => Promise<void>
  /** True while it is in vain to try. */
  readonly isAway: () => boolean
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** A batch that the database refuses for another reason than being away is dropped after so many attempts. */
const MOST_ATTEMPTS = 5

/**
 * Numbers batches of usage, and writes each once. While the database is away they wait on the disk, and later ones go behind
 * them. A disk without room keeps what it has, because that was confirmed, and refuses what comes.
 */
export class UsageSpool {
  readonly #options: UsageSpoolOptions
  readonly #sequencer = new Sequencer()
  #number = 0
  /** Nobody knows whether it is written, and the disk did not take it. */
  #unsure: Batch | undefined
  #attempts = 0
  #refused = 0
  #isWanted = false
  #isClosed = false
  #replaying: Promise<void> | undefined

  constructor(options: UsageSpoolOptions) {
    this.#options = options
  }

  /**
   * Resolves when the exchanges are in the database or on the disk. If it rejects, they may be written nevertheless. Pass the same
   * objects again, before any later ones: each is written once.
   */
  append(kept: readonly Exchange[], summedOnly: readonly Exchange[]): Promise<void> {
    return this.#sequencer.queue(async () => {
      const before = await this.#settleUnsure()
      const isNew = (one: Exchange) => !before.has(one)
      const batch = { kept: kept.filter(isNew), summedOnly: summedOnly.filter(isNew) }
      if (batch.kept.length + batch.summedOnly.length === 0) return
      this.#number += 1
      await this.#put({ writer: this.#options.writer, number: this.#number, ...batch })
    })
  }

  /** Writes what waits, in order. Call it when the database is back. Never rejects; what cannot be written goes on waiting. */
  replay(): Promise<void> {
    // A batch may be added when the running one has just found nothing more.
    this.#isWanted = true
    this.#replaying ??= this.#replayWhileWanted().finally(() => {
      this.#replaying = undefined
    })
    return this.#replaying
  }

  /** Resolves when nothing waits. Rejects with a PersonError `database_away` if the database is away. */
  async drain(): Promise<void> {
    await this.replay()
    if (this.#options.spool.waiting > 0) throw usageWaits()
  }

  /** How many exchanges were confirmed and are lost nevertheless. A damaged text counts as one, because nobody knows how many it had. */
  dropped(): number {
    return this.#refused + this.#options.spool.damaged
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#replaying
    await this.#sequencer.settled()
    await this.#options.spool.close()
  }

  /** Resolves to the exchanges that are written now, although the caller was told that they may not be. */
  async #settleUnsure(): Promise<ReadonlySet<Exchange>> {
    const batch = this.#unsure
    if (batch === undefined) return new Set()
    await this.#put(batch)
    this.#unsure = undefined
    return new Set([...batch.kept, ...batch.summedOnly])
  }

  async #put(batch: Batch): Promise<void> {
    const { spool } = this.#options
    const outcome = spool.waiting === 0 ? await this.#try(() => this.#options.write(batch)) : 'away'
    if (outcome === 'written') return
    // On the disk it has its number, by which the database knows it.
    if (outcome === 'unsure') this.#unsure = batch
    if (!(await spool.append(JSON.stringify(batch)))) throw usageWaits()
    this.#unsure = undefined
    void this.replay()
  }

  async #try(write: () => Promise<void>): Promise<'written' | 'away' | 'unsure'> {
    if (this.#options.isAway()) return 'away'
    try {
      await write()
      return 'written'
    } catch (error) {
      const code = error instanceof PersonError ? error.code : undefined
      if (code === 'database_unsure') return 'unsure'
      if (code === 'database_away' || code === 'database_refused') return 'away'
      throw error
    }
  }

  async #replayWhileWanted(): Promise<void> {
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false
      await this.#replayAll()
    }
  }

  async #replayAll(): Promise<void> {
    const { spool, log } = this.#options
    try {
      for (let text = await spool.first(); text !== undefined && !this.#isClosed; text = await spool.first()) {
        if (!(await this.#isReplayed(text))) return
        await spool.shift()
      }
    } catch (err) {
      log.error({ err }, 'could not read the usage that waits for the database')
    }
  }

  async #isReplayed(text: string): Promise<boolean> {
    let exchanges = 1
    try {
      const batch = batchSchema.parse(JSON.parse(text))
      exchanges = batch.kept.length + batch.summedOnly.length
      if ((await this.#try(() => this.#options.writeLate(batch))) !== 'written') return false
    } catch (err) {
      this.#attempts += 1
      if (this.#attempts < MOST_ATTEMPTS) return false
      this.#refused += exchanges
      this.#options.log.error({ err, exchanges }, 'the database refuses some usage, so it was dropped')
    }
    this.#attempts = 0
    return true
  }
}

function usageWaits(): PersonError {
  return new PersonError('database_away', 'Latchkey has usage that waits for its database. Try again when it is back.')
}
