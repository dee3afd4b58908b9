import { hash } from 'node:crypto'
import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { isWellFormedSecret } from '#shared/keys/secret.ts'
import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import { compileRules, type KeyRules } from './key-rules.ts'

/** A key in memory. */
export interface KeyEntry {
  /** As last written. */
  stored: StoredKey
  rules: KeyRules
  lastUsedAt: number | null
  /** Stops asked for, in force before they are written and also when writing them failed. */
  readonly stopped: { disabled: boolean; deleted: boolean }
  /** How often a stop was asked for: a change that frees the key counts only if no stop came after it. */
  stops: number
  /** Whether the person was asked since the start if it may go online, also when that could not be written. */
  asked: boolean
}

/** Every key in memory, by id and by the hashes of its secrets. Nothing here touches the disk. */
export class KeyRing {
  readonly #now: () => number
  readonly #byId = new Map<string, KeyEntry>()
  readonly #byHash = new Map<string, { entry: KeyEntry; expiresAt: number | null }>()

  constructor(options: { stored: readonly StoredKey[]; now: () => number }) {
    this.#now = options.now
    this.reset(options.stored)
  }

  /** Takes in these keys and forgets all others. */
  reset(all: readonly StoredKey[]): void {
    this.#byId.clear()
    this.#byHash.clear()
    for (const stored of all) this.put(stored)
  }

  /**
   * The key of a secret, or why it opens nothing. Checksum, one hash and one look-up, whatever the secret: there is no
   * comparison whose time could tell anything of a stored one.
   */
  identify(secret: string): Key | Refusal {
    if (!isWellFormedSecret(secret)) return { refused: 'key_malformed' }
    const found = this.#byHash.get(hashOf(secret))
    if (found === undefined || isOver(found.expiresAt, this.#now())) return { refused: 'key_unknown' }
    return this.refusalOf(found.entry) ?? found.entry.stored.key
  }

  /** Why a key opens nothing at the moment; null when it does open. */
  refusalOf({ stored, stopped }: KeyEntry): Refusal | null {
    if (stopped.deleted || stored.deletedAt !== null) return { refused: 'key_unknown' }
    if (stopped.disabled || !stored.key.enabled) return { refused: 'key_disabled' }
    return isOver(stored.key.expiresAt, this.#now()) ? { refused: 'key_expired' } : null
  }

  /** Also deleted ones: their usage still has their name. */
  find(id: string): KeyEntry | undefined {
    return this.#byId.get(id)
  }

  /** Whether any key has this secret, also a deleted one, or one that was rotated out. */
  hasHash(hash: string): boolean {
    return this.#byHash.has(hash)
  }

  /** Keys that are not deleted. */
  live(): KeyEntry[] {
    return [...this.#byId.values()].filter(({ stored }) => stored.deletedAt === null)
  }

  deleted(): KeyEntry[] {
    return [...this.#byId.values()].filter(({ stored }) => stored.deletedAt !== null)
  }

  ids(): string[] {
    return [...this.#byId.keys()]
  }

  /** Takes in what has been written. */
  put(stored: StoredKey): KeyEntry {
    const known = this.#byId.get(stored.key.id)
    for (const secret of known?.stored.secrets ?? []) this.#byHash.delete(secret.hash)
    const rules = compileRules(stored.key)
    const entry = known ?? {
      stored,
      rules,
      lastUsedAt: stored.key.lastUsedAt,
      stopped: notStopped(),
      stops: 0,
      asked: false,
    }
    entry.stored = stored
    entry.rules = rules
    this.#byId.set(stored.key.id, entry)
    for (const secret of stored.secrets) this.#byHash.set(secret.hash, { entry, expiresAt: secret.expiresAt })
    return entry
  }

  /** For good: nothing of it is left in memory. */
  remove(id: string): void {
    for (const secret of this.#byId.get(id)?.stored.secrets ?? []) this.#byHash.delete(secret.hash)
    this.#byId.delete(id)
  }

  /** The key as the person sees it: what is in force, which after a failed write is more than what is stored. */
  view({ stored, stopped, lastUsedAt }: KeyEntry): Key {
    const enabled = stored.key.enabled && !stopped.disabled && !stopped.deleted
    return { ...stored.key, enabled, lastUsedAt, graceUntil: graceUntil(stored.secrets, this.#now()) }
  }
}

/** SHA-256 in base64: enough for a secret with 160 random bits, and cheap on every request. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64')
}

/** When the last rotated-out secret stops; null when none still works. */
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
