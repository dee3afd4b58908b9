const MEBIBYTE = 1024 * 1024

/** The largest body that is held in memory because a rule must read it. */
export const HELD_LIMIT = 64 * MEBIBYTE
const TOTAL_LIMIT = 512 * MEBIBYTE
/** The limit per key: two of the largest bodies, so that one key cannot use all the room. */
const LIMIT_PER_KEY = 2 * HELD_LIMIT

/** The reason why a body cannot be held. */
export type NotHeld = 'too_large' | 'no_room'

/** Reserved memory for one body; it grows with the body. */
export interface HeldBody {
  /** Adds bytes to the reservation; returns the reason if they do not fit. */
  grow(bytes: number): NotHeld | undefined
  /** Releases the whole reservation. Further calls do nothing. */
  release(): void
}

/** Limits the total of all held bodies. Each body is bounded, but many at once could still fill the memory. */
export class HeldBodies {
  #total = 0
  readonly #perKey = new Map<string, number>()

  /** Bytes held now. */
  get total(): number {
    return this.#total
  }

  open(keyId: string): HeldBody {
    let size = 0
    return {
      grow: (bytes) => {
        if (size + bytes > HELD_LIMIT) return 'too_large'
        if (!this.#hasRoom(keyId, bytes)) return 'no_room'
        size += bytes
        this.#add(keyId, bytes)
        return undefined
      },
      release: () => {
        this.#add(keyId, -size)
        size = 0
      },
    }
  }

  #hasRoom(keyId: string, bytes: number): boolean {
    return this.#total + bytes <= TOTAL_LIMIT && (this.#perKey.get(keyId) ?? 0) + bytes <= LIMIT_PER_KEY
  }

  #add(keyId: string, bytes: number): void {
    const ofKey = (this.#perKey.get(keyId) ?? 0) + bytes
    this.#total += bytes
    if (ofKey > 0) this.#perKey.set(keyId, ofKey)
    else this.#perKey.delete(keyId)
  }
}
