import {
  type DeletedKey,
  type IssuedKey,
  type Key,
  type KeyPatch,
  type NewKey,
  type OnlineFeature,
  UNUSED_KEY,
} from '#shared/keys/key.ts'
import { formatSecret, shownPrefix } from '#shared/keys/secret.ts'
import type { StoredKey, StoredSecret } from '#shared/keys/stored.ts'
import { isUnchanged, onFreshRow } from '#shared/records/fresh-row.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../../base/log.ts'
import { SequencerByKey } from '../../base/sequencer.ts'
import type { KeyStore, PersonSource } from '../ports.ts'
import { type FailedWrite, save } from '../save.ts'
import { checkedArrivals } from './key-arrivals.ts'
import { checkedChoices, isNarrower, patched } from './key-choices.ts'
import { graceUntil, hashOf, type KeyEntry, type KeyRing, takeBackStops } from './key-ring.ts'

interface KeyServiceOptions {
  readonly ring: KeyRing
  readonly persons: Pick<PersonSource, 'find'>
  readonly store: KeyStore
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  /** Ends the running exchanges of this key. */
  readonly revoke: (keyId: string) => void
  readonly changed: () => void
  /** Called when the person should decide whether this key may go online. */
  readonly askedOnline: (key: Key) => void
  /** Called when the person should decide whether another app may use this key. */
  readonly askedOtherApp: (key: Key) => void
  /** Called when a change of a key has been written. Must not reject. */
  readonly updated: (id: string, patch: KeyPatch) => Promise<void>
  readonly log: Pick<Log, 'warn'>
}

interface KeyQuestion {
  readonly question: Partial<Key>
  readonly asked: (key: Key) => void
}

const SECRET_BYTES = 20

/**
 * Creates and changes keys. A change is written before it takes effect, so that a confirmed change survives a power
 * cut. Disabling and deleting take effect before they are written, because in doubt a key must be refused. Every method
 * rejects with a PersonError if the change could not be written.
 */
export class KeyService {
  readonly #options: KeyServiceOptions
  readonly #sequencer = new SequencerByKey()

  constructor(options: KeyServiceOptions) {
    this.#options = options
  }

  async list(): Promise<Key[]> {
    const { ring } = this.#options
    return ring.live().map((entry) => ring.view(entry))
  }

  /** The names of deleted keys that still have exchanges or usage. */
  async deleted(): Promise<DeletedKey[]> {
    return this.#options.ring
      .deleted()
      .map(({ stored: { key } }) => ({ id: key.id, name: key.name, person: key.person }))
  }

  /** A key that is not stored yet, with its secret. Throws a PersonError for choices that nobody can make. */
  draft(choices: NewKey): { readonly stored: StoredKey; readonly secret: string } {
    const { secret, stored: storedSecret } = this.#newSecret()
    const key: Key = {
      ...UNUSED_KEY,
      ...checkedChoices(choices),
      id: this.#newId(),
      prefix: storedSecret.prefix,
      createdAt: this.#options.now(),
    }
    return { stored: { key, secrets: [storedSecret], deletedAt: null }, secret }
  }

  async create(choices: NewKey): Promise<IssuedKey> {
    const { ring, store } = this.#options
    this.#checkPerson(choices)
    const { stored, secret } = this.draft(choices)
    await save(store.insert(stored), 'unchanged')
    const entry = ring.put(stored)
    this.#options.changed()
    return { ...ring.view(entry), secret }
  }

  /** Resolves to undefined if no key has this id. Ends running streams if the key becomes more restricted. */
  async update(id: string, patch: KeyPatch): Promise<Key | undefined> {
    const choices = checkedChoices(patch)
    this.#checkPerson(choices)
    const entry = this.#live(id)
    if (entry === undefined) return undefined
    if (choices.enabled === false) this.#stop(entry, 'disabled')
    const stops = entry.stops
    const failed = (error: unknown) => this.#failed(entry, choices.enabled === false ? stops : undefined, error)
    return await this.#queued(id, async () => {
      if (this.#live(id) === undefined) return this.#tooLate(entry, choices.enabled === false ? stops : undefined)
      const before = entry.stored
      const key = patched(before.key, choices)
      await this.#write(entry, { ...before, key }, choices.enabled === false ? 'key_stopped' : 'unchanged')
      if (key.otherApp === null) entry.asked.otherApp = false
      // The row says it now, so the mark goes: another gateway can undo what the row says.
      if (choices.enabled !== undefined && entry.stops === stops) entry.stopped.disabled = false
      if (isNarrower(before.key, key) || this.#isExpired(key)) this.#options.revoke(id)
      await this.#options.updated(id, choices)
      return this.#seen(entry)
    }).catch(failed)
  }

  /**
   * Asks the person, once per key, whether an offline key may go online after it was refused an online feature. No
   * caller waits for this, so it never rejects.
   */
  async askOnline(id: string, feature: OnlineFeature): Promise<void> {
    const entry = this.#live(id)
    if (entry === undefined || entry.asked.online || entry.stored.key.onlineQuestion !== null) return
    entry.asked.online = true
    await this.#ask(entry, (key) => !key.online && key.onlineQuestion === null, {
      question: { onlineQuestion: feature },
      asked: this.#options.askedOnline,
    })
  }

  /**
   * Asks the person, once per key, about the first other app that used a key made for one app. Like `askOnline`, it
   * never rejects.
   */
  async askOtherApp(id: string, otherApp: string): Promise<void> {
    const entry = this.#live(id)
    if (entry === undefined || entry.stored.key.otherApp !== null || entry.asked.otherApp) return
    entry.asked.otherApp = true
    await this.#ask(entry, (key) => key.app !== null && key.otherApp === null, {
      question: { otherApp },
      asked: this.#options.askedOtherApp,
    })
  }

  /** Keeps the row, so that usage has its name and the deletion can be undone. */
  async delete(id: string): Promise<Key | undefined> {
    const entry = this.#live(id)
    if (entry === undefined) return undefined
    this.#stop(entry, 'deleted')
    const stops = entry.stops
    return await this.#queued(id, async () => {
      if (this.#live(id) === undefined) return this.#tooLate(entry, stops)
      await this.#write(entry, { ...entry.stored, deletedAt: this.#options.now() }, 'key_stopped')
      if (entry.stops === stops) entry.stopped.deleted = false
      return this.#seen(entry)
    }).catch((error: unknown) => this.#failed(entry, stops, error))
  }

  async restore(id: string): Promise<Key | undefined> {
    const entry = this.#options.ring.find(id)
    if (entry === undefined) return undefined
    const stops = entry.stops
    return await this.#queued(id, async () => {
      await this.#write(entry, { ...entry.stored, deletedAt: null }, 'unchanged')
      if (entry.stops === stops) entry.stopped.deleted = false
      return this.#seen(entry)
    })
  }

  /**
   * Gives a key a new secret. Old secrets work for at most `graceMs` milliseconds more. Without a grace period running
   * streams are ended; at the end of one they continue, but new requests with the old secret are refused.
   */
  async rotate(id: string, graceMs: number): Promise<IssuedKey | undefined> {
    return await this.#queued(id, async () => {
      const entry = this.#live(id)
      if (entry === undefined) return undefined
      const now = this.#options.now()
      const { secret, stored } = this.#newSecret()
      const secrets = [stored, ...withGrace(entry.stored.secrets, now, graceMs)]
      const key = { ...entry.stored.key, prefix: stored.prefix, graceUntil: graceUntil(secrets, now) }
      await this.#write(entry, { ...entry.stored, key, secrets }, 'unchanged')
      if (graceMs <= 0) this.#options.revoke(id)
      return { ...this.#seen(entry), secret }
    })
  }

  /** Permanently deletes a key, even if it was deleted before. Resolves to true if the key existed. */
  async forget(id: string): Promise<boolean> {
    const { ring, store, changed } = this.#options
    const entry = ring.find(id)
    if (entry === undefined) return false
    this.#stop(entry, 'deleted')
    return await this.#queued(id, async () => {
      await save(store.remove(id), 'key_stopped')
      ring.remove(id)
      changed()
      return true
    }).catch((error: unknown) => this.#failed(entry, entry.stops, error))
  }

  /** The ids of all keys, including deleted ones. */
  ids(): string[] {
    return this.#options.ring.ids()
  }

  /** Every stored key, for an export. Contains hashes, never secrets. */
  stored(): StoredKey[] {
    const { ring } = this.#options
    return ring.live().map(({ stored }) => stored)
  }

  /** True if a key, deleted ones included, has or had the secret with this hash. */
  hasSecret(hash: string): boolean {
    return this.#options.ring.hasHash(hash)
  }

  /**
   * Imports keys whose ids do not exist here; existing keys do not change. Resolves to the number imported. If `write`
   * rejects, none is imported. Rejects with a PersonError for keys that a person could not have made.
   */
  async adopt(keys: readonly StoredKey[], write: (fresh: readonly StoredKey[]) => Promise<void>): Promise<number> {
    const { ring, changed } = this.#options
    const fresh = checkedArrivals(keys, ring)
    await save(write(fresh), 'unchanged')
    for (const stored of fresh) ring.put(stored)
    changed()
    return fresh.length
  }

  /** Resolves when every requested change has been written or has failed. */
  settled(): Promise<void> {
    return this.#sequencer.settled()
  }

  async #ask(entry: KeyEntry, isOpen: (key: Key) => boolean, { question, asked }: KeyQuestion): Promise<void> {
    const { id } = entry.stored.key
    try {
      await this.#queued(id, async () => {
        const { key, deletedAt } = entry.stored
        // The key was answered or deleted while this waited in the queue.
        if (!isOpen(key) || deletedAt !== null) return
        await this.#write(entry, { ...entry.stored, key: { ...key, ...question } }, 'unchanged')
        asked(this.#seen(entry))
      })
    } catch (err) {
      this.#options.log.warn({ err, keyId: id }, 'could not save a question about a key')
    }
  }

  #queued<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#sequencer.queue(id, () => onFreshRow(work))
  }

  #live(id: string): KeyEntry | undefined {
    const entry = this.#options.ring.find(id)
    return entry?.stored.deletedAt === null ? entry : undefined
  }

  #stop(entry: KeyEntry, how: 'disabled' | 'deleted'): void {
    entry.stopped[how] = true
    entry.isDoubtful = false
    entry.stops += 1
    this.#options.revoke(entry.stored.key.id)
    this.#options.changed()
  }

  /** Somebody else deleted the key meanwhile. If they restore it, it must be as it was. */
  #tooLate(entry: KeyEntry, stops: number | undefined): undefined {
    if (entry.stops === stops) takeBackStops(entry)
  }

  /** `stops`: the number of the stop that could not be written, if it was one. */
  #failed(entry: KeyEntry, stops: number | undefined, error: unknown): never {
    if (entry.stops === stops) {
      if (isUnchanged(error)) takeBackStops(entry)
      else entry.isDoubtful = true
      this.#options.changed()
    }
    throw error
  }

  async #write(entry: KeyEntry, next: StoredKey, so: FailedWrite): Promise<void> {
    const stored = { ...next, key: { ...next.key, lastUsedAt: entry.lastUsedAt } }
    await save(this.#options.store.replace(stored), so)
    this.#options.ring.put(stored)
  }

  /** Returns the key for the person after a change took effect. */
  #seen(entry: KeyEntry): Key {
    this.#options.changed()
    return this.#options.ring.view(entry)
  }

  #checkPerson({ person }: KeyPatch): void {
    if (person === undefined || this.#options.persons.find(person) !== undefined) return
    throw new PersonError('no_such_person', 'There is no such person. They may have been removed.')
  }

  #isExpired({ expiresAt }: Key): boolean {
    return expiresAt !== null && expiresAt <= this.#options.now()
  }

  #newSecret(): { secret: string; stored: StoredSecret } {
    const secret = formatSecret(this.#options.randomBytes(SECRET_BYTES))
    return { secret, stored: { hash: hashOf(secret), prefix: shownPrefix(secret), expiresAt: null } }
  }

  #newId(): string {
    const id = formatId(this.#options.randomBytes(ID_LENGTH))
    return this.#options.ring.find(id) === undefined ? id : this.#newId()
  }
}

const ID_LENGTH = 12
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** `key_` plus one character per random byte: short enough to type and safe in a URL. */
function formatId(random: Uint8Array): string {
  return `key_${Array.from(random, (byte) => ID_ALPHABET.charAt(byte & 31)).join('')}`
}

/**
 * A further rotation never extends an old secret. A rotation without grace ends all of them, because the secret may
 * have leaked.
 */
function withGrace(secrets: readonly StoredSecret[], now: number, graceMs: number): StoredSecret[] {
  if (graceMs <= 0) return []
  return secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .map((secret) => ({ ...secret, expiresAt: Math.min(secret.expiresAt ?? Number.POSITIVE_INFINITY, now + graceMs) }))
}
