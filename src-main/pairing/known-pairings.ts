import type { PairingChange, PairingRequest } from '#shared/pairing/pairing.ts'
import type { PairingRows, StoredPairing } from '#shared/pairing/stored.ts'
import { forgettable, nextChangeAt, type Stage, stageOf } from './life.ts'

export interface KnownPairingsOptions {
  /**
   * Milliseconds since 1970-01-01 UTC. Only for display: all decisions use `monotonic`, which a change of the clock
   * does not affect.
   */
  readonly now: () => number
  /** Milliseconds from an arbitrary start. */
  readonly monotonic: () => number
  /** The name of this computer; empty if no other gateway answers these apps. */
  readonly computer: string
  readonly onQuestion: (request: PairingRequest) => void
  readonly onChange: (change: PairingChange) => void
}

interface Known {
  readonly row: StoredPairing
  /** As it was told. */
  readonly stage: Stage
  /** When it was asked, on the clock of its row. The same on this gateway's clock is a few milliseconds less exact. */
  readonly asked: number
}

/** The requests in the memory of this gateway, with times on its monotonic clock. It tells of each change once. */
export class KnownPairings {
  readonly #options: KnownPairingsOptions
  /** By id. */
  readonly #known = new Map<string, Known>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: KnownPairingsOptions) {
    this.#options = options
  }

  /** All of them, the ended ones included. */
  rows(): StoredPairing[] {
    this.#sweep()
    return [...this.#known.values()].map(({ row }) => row)
  }

  /** The requests that wait for the person, oldest first. */
  list(): PairingRequest[] {
    const now = this.#options.monotonic()
    this.#sweep()
    const open = [...this.#known.values()].filter(({ row }) => stageOf(row, now) === 'open')
    return open.toSorted((one, other) => one.asked - other.asked).map(({ row }) => this.#view(row))
  }

  /** Takes over rows whose clock says `now`. A row that is known in a later version stays. */
  put({ rows, now }: PairingRows): void {
    const ahead = this.#options.monotonic() - now
    for (const row of rows) {
      const before = this.#known.get(row.id)
      if (before !== undefined && row.version < before.row.version) continue
      this.#set({ row: inTime(row, ahead), asked: row.askedAt }, before?.stage)
    }
    this.#sweep()
    this.#watch()
  }

  /** Forgets all, because the database has another past than this gateway knows. */
  clear(): void {
    this.#known.clear()
  }

  /** Ends the timer. */
  close(): void {
    clearTimeout(this.#timer)
  }

  #set({ row, asked }: Omit<Known, 'stage'>, before: Stage | undefined): void {
    const stage = stageOf(row, this.#options.monotonic())
    this.#known.set(row.id, { row, asked, stage })
    if (stage === before) return
    if (stage === 'open') this.#options.onQuestion(this.#view(row))
    // A declined request ends without an event, because the person already answered it.
    else if (before !== undefined && before !== 'declined')
      this.#options.onChange({ id: row.id, outcome: stage, keyId: row.keyId })
  }

  #view({ id, code, asker, computer, name, askedAt, endsAt }: StoredPairing): PairingRequest {
    const { now, monotonic, computer: here } = this.#options
    const ahead = now() - monotonic()
    // For this gateway's person the computer of another gateway is another device.
    const device = asker.device ?? (computer === here ? null : computer)
    return {
      id,
      code,
      asker: { ...asker, device },
      name,
      askedAt: Math.round(askedAt + ahead),
      endsAt: Math.round(endsAt + ahead),
    }
  }

  /** Tells of requests whose time is over, and forgets those that ended long ago. */
  #sweep(): void {
    const now = this.#options.monotonic()
    for (const known of this.#known.values()) if (stageOf(known.row, now) !== known.stage) this.#set(known, known.stage)
    const rows = [...this.#known.values()].map(({ row }) => row)
    for (const id of forgettable(rows, now)) this.#known.delete(id)
  }

  /** Sets one timer for the next request whose time is over; none without requests. */
  #watch(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const now = this.#options.monotonic()
    const changes = [...this.#known.values()].flatMap(({ row }) => nextChangeAt(row, now) ?? [])
    if (changes.length === 0) return
    const look = () => {
      this.#sweep()
      this.#watch()
    }
    // A timer can fire up to a millisecond early.
    this.#timer = setTimeout(look, Math.max(1, Math.min(...changes) - now + 1)).unref()
  }
}

function inTime(row: StoredPairing, ahead: number): StoredPairing {
  return {
    ...row,
    askedAt: row.askedAt + ahead,
    endsAt: row.endsAt + ahead,
    silentUntil: row.silentUntil === 0 ? 0 : row.silentUntil + ahead,
    keptUntil: row.keptUntil + ahead,
  }
}
