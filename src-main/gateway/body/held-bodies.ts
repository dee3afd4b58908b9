const MEBIBYTE = 1024 * 1024

/** The largest body that is held whole because a rule must read it. */
export const HELD_LIMIT = 64 * MEBIBYTE
const TOTAL_LIMIT = 512 * MEBIBYTE
/** What one key may have of it: two of the largest, so that nobody can take the place of everybody else. */
const LIMIT_PER_KEY = 2 * HELD_LIMIT

/** Why a body cannot be held. */
export type NotHeld = 'too_large' | 'no_room'

/** Room for one body, which grows with it. */
export interface HeldBody {
  /** Counts more bytes of it, unless they must not be held. */
  grow(bytes: number): NotHeld | undefined
  /** Gives all of its room back. Calling it again does nothing. */
  release(): void
}

/** Counts what is held of all bodies together: each is bounded, but many at once would still fill the memory. */
export class HeldBodies {
  #total = 0
  readonly #perKey = new Map<string, number>()

  /** Bytes held at the moment. */
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
