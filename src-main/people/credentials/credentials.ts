import type { Credential } from '#shared/people/session.ts'
import type { StoredCredential } from '#shared/people/stored.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { onFreshRow } from '#shared/records/fresh-row.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../../base/log.ts'
import { SequencerByKey } from '../../base/sequencer.ts'
import type { CredentialStore, UseStore } from '../ports.ts'
import { save } from '../save.ts'

export type CredentialKind = StoredCredential['kind']

/** A new way in. `subject` null is the person's id, which fits a password: each person has at most one. */
export interface NewCredential {
  readonly kind: CredentialKind
  readonly subject: string | null
  readonly name: string | null
  readonly data: string
}

export interface CredentialsOptions {
  readonly store: CredentialStore
  readonly use: UseStore
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Pick<Log, 'warn'>
  readonly onChanged: () => void
}

const MOST_OF_PERSON = 20

/** The ways in of all persons, from memory. A change is written before it takes effect. */
export class Credentials {
  readonly #options: CredentialsOptions
  readonly #byId = new Map<string, StoredCredential>()
  readonly #idOfSubject = new Map<string, string>()
  /** Each request to the console asks for those of its person. */
  readonly #idsOfPerson = new Map<string, Set<string>>()
  readonly #sequencer = new SequencerByKey()

  private constructor(options: CredentialsOptions, stored: readonly StoredCredential[]) {
    this.#options = options
    for (const credential of stored) this.takeIn(credential)
  }

  /** Rejects if they cannot be read. */
  static async open(options: CredentialsOptions): Promise<Credentials> {
    return new Credentials(options, await options.store.load())
  }

  find(kind: CredentialKind, subject: string): StoredCredential | undefined {
    return this.#byId.get(this.#idOfSubject.get(keyOf(kind, subject)) ?? '')
  }

  byId(id: string): StoredCredential | undefined {
    return this.#byId.get(id)
  }

  /** Those of one person, oldest first. */
  of(personId: string): StoredCredential[] {
    return Array.from(this.#idsOfPerson.get(personId) ?? []).flatMap((id) => this.#byId.get(id) ?? [])
  }

  /** A credential that is not stored yet. Throws a PersonError if another one has its subject. */
  draft(personId: string, { kind, subject, name, data }: NewCredential): StoredCredential {
    const found = subject ?? personId
    if (this.find(kind, found) !== undefined) throw inUse()
    const id = `credential_${Buffer.from(this.#options.randomBytes(8)).toString('hex')}`
    return { id, person: personId, kind, subject: found, name, data, createdAt: this.#options.now(), lastUsedAt: null }
  }

  /** Call after a credential has been written. */
  takeIn(credential: StoredCredential): void {
    this.#byId.set(credential.id, credential)
    this.#idOfSubject.set(keyOf(credential.kind, credential.subject), credential.id)
    const ofPerson = this.#idsOfPerson.get(credential.person)
    if (ofPerson === undefined) this.#idsOfPerson.set(credential.person, new Set([credential.id]))
    else ofPerson.add(credential.id)
  }

  /** Rejects with a PersonError if the person has too many, or another credential has this subject. */
  add(personId: string, choices: NewCredential): Promise<StoredCredential> {
    return this.#queued(personId, async () => {
      if (this.of(personId).length >= MOST_OF_PERSON) throw tooMany()
      return await this.#write(this.draft(personId, choices))
    })
  }

  /** Replaces the person's password, or adds the first. */
  setPassword(personId: string, data: string): Promise<StoredCredential> {
    return this.#queued(personId, () => this.#write(this.#replacing(personId, passwordCredential(data))))
  }

  /**
   * Replaces the person's password, or adds another way in, by a write of the caller. Each recovery needs an operator, so there
   * is no limit: whoever has lost all of their ways in cannot remove one first.
   */
  recover(
    personId: string,
    choices: NewCredential,
    write: (credential: StoredCredential) => Promise<void>,
  ): Promise<void> {
    return this.#options.use(() =>
      this.#sequencer.queue(personId, async () => {
        const credential = this.#replacing(personId, choices)
        await write(credential)
        this.takeIn(credential)
        this.#options.onChanged()
      }),
    )
  }

  /**
   * Notes a sign-in, with the data and the name of now. It counts in memory at once, so that a passkey's counter cannot be
   * used twice. A sign-in does not fail because this could not be written.
   */
  async used(id: string, now: Partial<Pick<StoredCredential, 'name' | 'data'>> = {}): Promise<void> {
    const before = this.#byId.get(id)
    if (before === undefined) return
    this.takeIn({ ...before, ...now, lastUsedAt: this.#options.now() })
    const write = this.#queued(before.person, async () => {
      const current = this.#byId.get(id)
      if (current !== undefined) await this.#options.store.put(current)
    })
    await write.catch((err: unknown) => this.#options.log.warn({ err }, 'could not save the use of a way to sign in'))
    this.#options.onChanged()
  }

  /** Resolves to false if the person has no such credential. `allow` may throw. */
  remove(personId: string, id: string, allow: () => void): Promise<boolean> {
    return this.#queued(personId, async () => {
      if (this.#byId.get(id)?.person !== personId) return false
      allow()
      await save(this.#options.store.remove(id), 'unchanged')
      this.#drop(id)
      this.#options.onChanged()
      return true
    })
  }

  /** Forgets those of a person who was removed. The store removes their rows with the person. */
  dropPerson(personId: string): void {
    for (const { id } of this.of(personId)) this.#drop(id)
  }

  /** Reads the rows again after they were replaced. */
  async reload(): Promise<void> {
    const stored = await this.#options.store.load()
    for (const index of [this.#byId, this.#idOfSubject, this.#idsOfPerson]) index.clear()
    for (const credential of stored) this.takeIn(credential)
  }

  /** Takes over what other gateways have changed. */
  follow({ put, removed }: ForeignRows['credentials']): void {
    for (const credential of put) this.takeIn(credential)
    for (const id of removed) this.#drop(id)
    if (put.length > 0 || removed.length > 0) this.#options.onChanged()
  }

  /** Resolves when every requested change has been written or has failed. */
  settled(): Promise<void> {
    return this.#sequencer.settled()
  }

  /** With the id of the password until now, if there is one. */
  #replacing(personId: string, choices: NewCredential): StoredCredential {
    const before = choices.kind === 'password' ? this.find('password', personId) : undefined
    if (before === undefined) return this.draft(personId, choices)
    return { ...before, data: choices.data, createdAt: this.#options.now(), lastUsedAt: null }
  }

  #queued<T>(personId: string, work: () => Promise<T>): Promise<T> {
    return this.#options.use(() => this.#sequencer.queue(personId, () => onFreshRow(work)))
  }

  async #write(credential: StoredCredential): Promise<StoredCredential> {
    await save(this.#options.store.put(credential), 'unchanged')
    this.takeIn(credential)
    this.#options.onChanged()
    return credential
  }

  #drop(id: string): void {
    const credential = this.#byId.get(id)
    if (credential === undefined) return
    this.#byId.delete(id)
    this.#idOfSubject.delete(keyOf(credential.kind, credential.subject))
    const ofPerson = this.#idsOfPerson.get(credential.person)
    ofPerson?.delete(id)
    if (ofPerson?.size === 0) this.#idsOfPerson.delete(credential.person)
  }
}

/** `data` is the hash. */
export function passwordCredential(data: string): NewCredential {
  return { kind: 'password', subject: null, name: null, data }
}

/** Without what only the server may know. */
export function publicCredential({ id, kind, name, createdAt, lastUsedAt }: StoredCredential): Credential {
  return { id, kind, name, createdAt, lastUsedAt }
}

function keyOf(kind: CredentialKind, subject: string): string {
  return `${kind} ${subject}`
}

function inUse(): PersonError {
  return new PersonError('credential_known', 'This passkey or account already belongs to somebody here.')
}

function tooMany(): PersonError {
  return new PersonError('credentials_full', 'You have too many ways to sign in. Remove one first.')
}
