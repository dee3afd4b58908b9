import type { Log } from '../base/log.ts'
import type { KeyExpiry } from './keys/key-expiry.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { TokenBudgets } from './limits/token-budgets.ts'
import { lostRights, rightsIn } from './lost-rights.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'
import type { KeyStore, OriginStore } from './ports.ts'
import type { Revocations } from './revocations.ts'
import type { UseNotes } from './use-notes.ts'

export interface ReplacementOptions {
  readonly keys: Pick<KeyStore, 'load'>
  readonly origins: Pick<OriginStore, 'load'>
  readonly tokensSince: (keyId: string, since: number) => Promise<number>
  readonly ring: KeyRing
  readonly registry: OriginRegistry
  readonly budgets: TokenBudgets
  readonly personBudgets: TokenBudgets
  readonly notes: UseNotes
  readonly expiry: KeyExpiry
  readonly revocations: Revocations
  readonly log: Pick<Log, 'warn'>
}

type Note = Parameters<UseNotes['note']>

/** If the store stays away, the uses must not fill the memory. */
const MOST_HELD = 10_000

/**
 * Adapts the room to a replacement of the store's rows. Uses that end meanwhile are written to the new rows, and rights
 * come only from the new rows. Running exchanges keep their leases and reservations.
 */
export class Replacement {
  readonly #options: ReplacementOptions
  /** Uses that ended while the rows are being replaced; undefined at other times. */
  #held: Note[] | undefined

  constructor(options: ReplacementOptions) {
    this.#options = options
  }

  get isUnderWay(): boolean {
    return this.#held !== undefined
  }

  note(...note: Note): void {
    if (this.#held === undefined) this.#options.notes.note(...note)
    else if (this.#held.length < MOST_HELD) this.#held.push(note)
  }

  /** Writes the collected uses to the old rows. */
  async begin(): Promise<void> {
    this.#held ??= []
    await this.#options.notes.flush()
  }

  /** Reads the new rows and revokes lost rights. If it rejects, nothing has changed. */
  async end(): Promise<void> {
    const { keys, origins, ring, registry, expiry, revocations, notes } = this.#options
    const [stored, records] = [await keys.load(), await origins.load()]
    const before = rightsIn(ring, registry)
    ring.reset(stored)
    registry.reset(records)
    for (const lost of lostRights(before, rightsIn(ring, registry))) revocations.tell(lost)
    expiry.watch()
    await this.countTokens()
    const held = this.#held ?? []
    this.#held = undefined
    for (const note of held) notes.note(...note)
  }

  /**
   * Reads today's tokens of each key, also of deleted ones, which can be restored. Their persons have used the sum. A failed
   * read changes nothing.
   */
  async countTokens(): Promise<void> {
    const { ring, budgets, personBudgets, tokensSince, log } = this.#options
    const ofPersons = new Map<string, number>()
    const since = budgets.today().from
    for (const keyId of ring.ids()) {
      try {
        const used = await tokensSince(keyId, since)
        budgets.setUsed(keyId, used)
        const person = ring.find(keyId)?.stored.key.person ?? ''
        ofPersons.set(person, (ofPersons.get(person) ?? 0) + used)
      } catch (err) {
        log.warn({ err, keyId }, 'could not read today’s tokens of a key')
      }
    }
    for (const [person, used] of ofPersons) personBudgets.setUsed(person, used)
  }
}
