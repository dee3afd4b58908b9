import { Delayer } from '../base/delayer.ts'
import type { Log } from '../base/log.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'
import type { OriginService } from './origins/origin-service.ts'
import type { KeyStore, UseStore } from './ports.ts'

interface UseNotesOptions {
  readonly ring: KeyRing
  readonly registry: OriginRegistry
  readonly originService: OriginService
  readonly keys: KeyStore
  readonly use: UseStore
  readonly log: Pick<Log, 'warn'>
}

// Long enough to write rarely under load, short enough to lose little in a crash.
const WRITE_AFTER_MS = 3000

/** Collects last uses of keys and counts of origins in memory, and writes them together a few seconds later. */
export class UseNotes {
  readonly #options: UseNotesOptions
  readonly #saving = new Delayer({ delayMs: WRITE_AFTER_MS, run: () => void this.#flushInTurn() })
  #lastUsed = new Map<string, number>()

  constructor(options: UseNotesOptions) {
    this.#options = options
  }

  /** A refused exchange counts for its origin but not as a use of its key. */
  note(keyId: string | null, origin: string | null, time: number, refused: boolean): void {
    const { ring, registry } = this.#options
    const entry = keyId === null || refused ? undefined : ring.find(keyId)
    if (entry !== undefined) {
      entry.lastUsedAt = Math.max(entry.lastUsedAt ?? 0, time)
      this.#lastUsed.set(entry.stored.key.id, entry.lastUsedAt)
    }
    if (origin !== null) registry.noteUse(origin, time, refused)
    this.writeSoon()
  }

  /** Call if there is something to write that no exchange caused. */
  writeSoon(): void {
    this.#saving.trigger()
  }

  /** Writes the collected data. Never rejects: losing these numbers deserves a warning, not a stop. */
  async flush(): Promise<void> {
    this.#saving.cancel()
    const lastUsed = this.#lastUsed
    this.#lastUsed = new Map()
    await Promise.all([
      this.#warned(this.#options.originService.writeUnwritten()),
      lastUsed.size > 0 && this.#warned(this.#touch(lastUsed)),
    ])
  }

  /** What could not be written is written with the next uses. */
  async #touch(lastUsed: ReadonlyMap<string, number>): Promise<void> {
    try {
      await this.#options.keys.touch(lastUsed)
    } catch (error) {
      this.#lastUsed = new Map([...lastUsed, ...this.#lastUsed])
      throw error
    }
  }

  stop(): void {
    this.#saving.cancel()
  }

  async #flushInTurn(): Promise<void> {
    await this.#warned(this.#options.use(() => this.flush()))
  }

  async #warned(write: Promise<void>): Promise<void> {
    try {
      await write
    } catch (err) {
      this.#options.log.warn({ err }, 'could not write last uses')
    }
  }
}
