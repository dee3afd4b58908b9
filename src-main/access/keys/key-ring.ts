import { hash } from 'node:crypto'
import type { Bounds, Refusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { isWellFormedSecret } from '#shared/keys/secret.ts'
import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import type { Person } from '#shared/people/person.ts'
import type { PersonSource } from '../ports.ts'
import { compileRules, type KeyRules } from './key-rules.ts'

/** A key in memory. */
export interface KeyEntry {
  /** The key as last written. */
  stored: StoredKey
  rules: KeyRules
  lastUsedAt: number | null
  /** Requested stops. They take effect before they are written and stay in effect if the write fails. */
  readonly stopped: { disabled: boolean; deleted: boolean }
  /** True if nobody knows whether the requested stops were written. Only the row can tell. */
  isDoubtful: boolean
  /** The number of requested stops. A change that enables the key takes effect only if no stop followed it. */
  stops: number
  /** The questions that the person was asked since the start, even if that could not be written. */
  readonly asked: { online: boolean; otherApp: boolean }
  /** The bounds of this key under this person, computed when one of them has changed. */
  bounds: { readonly key: Key; readonly person: Person; readonly value: Bounds } | undefined
}

const PERSON_PAUSED: Refusal = { refused: 'person_paused' }

/** Every key in memory, by id and by the hashes of its secrets. Uses no disk. */
export class KeyRing {
  readonly #now: () => number
  readonly #persons: PersonSource
  readonly #byId = new Map<string, KeyEntry>()
  readonly #byHash = new Map<string, { entry: KeyEntry; expiresAt: number | null }>()

  constructor(options: { stored: readonly StoredKey[]; persons: PersonSource; now: () => number }) {
    this.#now = options.now
    this.#persons = options.persons
    this.reset(options.stored)
  }

  /** Replaces all keys by these. */
  reset(all: readonly StoredKey[]): void {
    this.#byId.clear()
    this.#byHash.clear()
    for (const stored of all) this.put(stored)
  }

  /**
   * The key of a secret, or a refusal. The work is the same for every secret: a checksum, one hash and one look-up. No
   * comparison takes a time that could reveal a stored secret.
   */
  identify(secret: string): Key | Refusal {
    if (!isWellFormedSecret(secret)) return { refused: 'key_malformed' }
    const found = this.#byHash.get(hashOf(secret))
    if (found === undefined || isOver(found.expiresAt, this.#now())) return { refused: 'key_unknown' }
    return this.refusalOf(found.entry) ?? found.entry.stored.key
  }

  /** The refusal for a key that does not work now; null if it works. */
  refusalOf({ stored, stopped }: KeyEntry): Refusal | null {
    if (stopped.deleted || stored.deletedAt !== null) return { refused: 'key_unknown' }
    if (stopped.disabled || !stored.key.enabled) return { refused: 'key_disabled' }
    if (isOver(stored.key.expiresAt, this.#now())) return { refused: 'key_expired' }
    // Also if the person is gone: a key must never be without its person's limits.
    return this.#persons.find(stored.key.person)?.state === 'active' ? null : PERSON_PAUSED
  }

  /** Finds a key by id, including deleted ones, because usage needs their name. */
  find(id: string): KeyEntry | undefined {
    return this.#byId.get(id)
  }

  /** True if any key has this secret, including deleted keys and rotated-out secrets. */
  hasHash(hash: string): boolean {
    return this.#byHash.has(hash)
  }

  /** All keys that are not deleted. */
  live(): KeyEntry[] {
    return [...this.#byId.values()].filter(({ stored }) => stored.deletedAt === null)
  }

  deleted(): KeyEntry[] {
    return [...this.#byId.values()].filter(({ stored }) => stored.deletedAt !== null)
  }

  ids(): string[] {
    return [...this.#byId.keys()]
  }

  /** Stores a key that has been written. */
  put(stored: StoredKey): KeyEntry {
    const known = this.#byId.get(stored.key.id)
    for (const secret of known?.stored.secrets ?? []) this.#byHash.delete(secret.hash)
    const rules = compileRules(stored.key)
    const entry = known ?? {
      stored,
      rules,
      lastUsedAt: stored.key.lastUsedAt,
      stopped: notStopped(),
      isDoubtful: false,
      stops: 0,
      asked: { online: false, otherApp: false },
      bounds: undefined,
    }
    entry.stored = stored
    entry.rules = rules
    this.#byId.set(stored.key.id, entry)
    for (const secret of stored.secrets) this.#byHash.set(secret.hash, { entry, expiresAt: secret.expiresAt })
    return entry
  }

  /** Removes a key completely from memory. */
  remove(id: string): void {
    for (const secret of this.#byId.get(id)?.stored.secrets ?? []) this.#byHash.delete(secret.hash)
    this.#byId.delete(id)
  }

  /**
   * The key as shown to the person: the state in effect, which after a failed write can be stricter than the stored
   * one.
   */
  view({ stored, stopped, lastUsedAt }: KeyEntry): Key {
    const enabled = stored.key.enabled && !stopped.disabled && !stopped.deleted
    return { ...stored.key, enabled, lastUsedAt, graceUntil: graceUntil(stored.secrets, this.#now()) }
  }
}

/** The row is known to say how the key is. */
export function takeBackStops(entry: KeyEntry): void {
  Object.assign(entry.stopped, notStopped())
  entry.isDoubtful = false
}

/** SHA-256 in base64. A plain hash is sufficient for a secret with 160 random bits, and cheap for every request. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64')
}

/** When the last rotated-out secret stops working; null if none works. */
export function graceUntil(secrets: readonly StoredSecret[], now: number): number | null {
  const ends = secrets.flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []))
  return ends.length === 0 ? null : Math.max(...ends)
}

function isOver(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}

function notStopped(): KeyEntry['stopped'] {
  return { disabled: false, deleted: false }
}
