import { base32 } from '#shared/keys/secret.ts'
import {
  type Invitation,
  type IssuedInvitation,
  JOIN_PATH,
  type NewInvitation,
  type NewRecovery,
} from '#shared/people/invitation.ts'
import type { Invited } from '#shared/people/sign-in.ts'
import type { StoredInvitation } from '#shared/people/stored.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { onFreshRow } from '#shared/records/fresh-row.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { SequencerByKey } from '../../base/sequencer.ts'
import { checkedFields, UNRESTRICTED } from '../person-choices.ts'
import type { InvitationStore, UseStore } from '../ports.ts'
import { save } from '../save.ts'
import { sha256 } from '../secrets.ts'
import { invitationInvalid } from '../sign-in/sign-in-error.ts'
import { isClosed, type JudgedBy, stateOf } from './invitation-state.ts'
import { checkRecovery } from './recovery-error.ts'

export interface InvitationsOptions extends JudgedBy {
  readonly store: InvitationStore
  readonly use: UseStore
  readonly randomBytes: (length: number) => Uint8Array
  /** Where other devices open the console, such as `https://box.local:11501`. */
  readonly origins: () => readonly string[]
  readonly onChanged: () => void
}

/** Writes a joining with a used invitation. `used` is the invitation as it is stored after that. */
export type WriteJoining<T> = (invitation: StoredInvitation, used: (personId: string) => StoredInvitation) => Promise<T>

const DAY_MS = 86_400_000
/** 160 random bits are 32 characters of base32: they fit a QR code and can be read aloud. */
const CODE_BYTES = 20
const MOST_OPEN = 200
/** Closed ones are kept so that whoever made them can see what became of them. */
const MOST_CLOSED = 300

/** The part of an invitation that says what it gives: a role and limits to somebody new, or nothing new to a person who is here. */
type Terms = Omit<
  StoredInvitation,
  'id' | 'codeHash' | 'createdAt' | 'createdBy' | 'expiresAt' | 'usedAt' | 'usedBy' | 'revokedAt'
>

/** A person who is here already keeps what they have. */
const NOTHING_NEW = {
  name: null,
  preset: 'none',
  ...UNRESTRICTED,
} as const satisfies Partial<Terms>

/** All invitations, in memory. Codes are stored as hashes and shown once. */
export class Invitations {
  readonly #options: InvitationsOptions
  readonly #byId = new Map<string, StoredInvitation>()
  readonly #idOfHash = new Map<string, string>()
  readonly #held = new Set<string>()
  readonly #sequencer = new SequencerByKey()

  private constructor(options: InvitationsOptions, stored: readonly StoredInvitation[]) {
    this.#options = options
    for (const invitation of stored) this.#put(invitation)
  }

  /** Rejects if they cannot be read. */
  static async open(options: InvitationsOptions): Promise<Invitations> {
    return new Invitations(options, await options.store.load())
  }

  /** Newest first. */
  list(): Invitation[] {
    return Array.from(this.#byId.values(), (invitation) => this.#seen(invitation)).reverse()
  }

  get hasOpen(): boolean {
    return Array.from(this.#byId.values()).some((invitation) => this.#stateOf(invitation) === 'open')
  }

  /** Rejects with a PersonError for choices that nobody can make, and if too many are open. */
  create({ days, ...choices }: NewInvitation, createdBy: string): Promise<IssuedInvitation> {
    const checked = {
      ...checkedFields({ ...choices, name: choices.name ?? undefined }),
      name: choices.name?.trim() ?? null,
    }
    return this.#issue({ ...checked, person: null }, days, createdBy)
  }

  /**
   * For a person who is here already and gets in again. Revokes an earlier one, so that there is at most one open. Resolves to
   * undefined if there is no such person. Rejects with a PersonError unless the maker may do this.
   */
  recover(personId: string, { days }: NewRecovery, createdBy: string): Promise<IssuedInvitation | undefined> {
    const { findPerson } = this.#options
    return this.#queued(personId, async () => {
      const person = findPerson(personId)
      if (person === undefined) return undefined
      const role = checkRecovery(findPerson(createdBy)?.role, person)
      await this.#closeAllOf(personId)
      return this.#issue({ ...NOTHING_NEW, role, person: personId }, days, createdBy)
    })
  }

  /** Resolves to undefined if there is none with this id. One that is closed stays as it is. */
  revoke(id: string): Promise<Invitation | undefined> {
    return this.#queued(id, () =>
      this.#options.use(async () => {
        const invitation = this.#byId.get(id)
        if (invitation === undefined) return undefined
        if (this.#stateOf(invitation) === 'open') await this.#write({ ...invitation, revokedAt: this.#options.now() })
        return this.#seen(this.#byId.get(id) ?? invitation)
      }),
    )
  }

  /** What a valid invitation promises. Throws the same PersonError for all others. */
  look(code: string): Invited {
    const invitation = this.#find(code)
    if (invitation === undefined) throw invitationInvalid()
    const { role, name, person, createdBy, expiresAt } = this.#seen(invitation)
    const from = this.#options.findPerson(createdBy)?.name ?? ''
    return { isHere: person !== null, role, name, from, expiresAt }
  }

  /** The id of the person who gets in again with this code; undefined for every other code. */
  recovers(code: string): string | undefined {
    return this.#find(code)?.person ?? undefined
  }

  /**
   * Lets one joining or recovery use a valid invitation: of many at the same time one wins. Resolves to undefined for all others, and
   * for an invitation that does not work. If `write` rejects, the invitation is open again.
   */
  async join<T>(code: string, write: WriteJoining<T>): Promise<T | undefined> {
    const found = this.#find(code)
    if (found === undefined || this.#held.has(found.id)) return undefined
    this.#held.add(found.id)
    try {
      return await this.#queued(found.id, async () => {
        // It may have been revoked a moment ago.
        const invitation = this.#find(code)
        if (invitation === undefined) return undefined
        return await write(invitation, (usedBy) => ({ ...invitation, usedAt: this.#options.now(), usedBy }))
      })
    } finally {
      this.#held.delete(found.id)
    }
  }

  /** Call after an invitation has been written with what it was used for. */
  takeIn(invitation: StoredInvitation): void {
    this.#put(invitation)
    this.#options.onChanged()
  }

  /** Forgets those that a removed person made or used or that are for them. The store removes their rows with the person. */
  dropPerson(personId: string): void {
    for (const { id, createdBy, usedBy, person } of this.#byId.values()) {
      if ([createdBy, usedBy, person].includes(personId)) this.#drop(id)
    }
    this.#options.onChanged()
  }

  /** Deletes all. */
  async forgetAll(): Promise<void> {
    for (const id of this.#byId.keys()) await this.#options.use(() => this.#remove(id))
    this.#options.onChanged()
  }

  /**
   * Reads the rows again after they were replaced by a backup. An invitation that was used or revoked since then stays
   * closed, because its link may be in other hands by now.
   */
  async reload(): Promise<void> {
    const closed = new Map(Array.from(this.#byId).filter(([, invitation]) => isClosed(invitation)))
    const stored = await this.#options.store.load()
    this.#byId.clear()
    this.#idOfHash.clear()
    for (const invitation of stored) this.#put(invitation)
    for (const invitation of stored) {
      const before = closed.get(invitation.id)
      if (before !== undefined && !isClosed(invitation)) await this.#close(invitation)
    }
    this.#options.onChanged()
  }

  /** Takes over what other gateways have changed. */
  follow({ put, removed }: ForeignRows['invitations']): void {
    for (const invitation of put) this.#put(invitation)
    for (const id of removed) this.#drop(id)
    if (put.length > 0 || removed.length > 0) this.#options.onChanged()
  }

  /** Resolves when every requested change has been written or has failed. */
  settled(): Promise<void> {
    return this.#sequencer.settled()
  }

  #issue(terms: Terms, days: number, createdBy: string): Promise<IssuedInvitation> {
    const { use, randomBytes, now, origins } = this.#options
    return use(async () => {
      await this.#makeRoom()
      const code = base32(randomBytes(CODE_BYTES))
      const createdAt = now()
      const invitation: StoredInvitation = {
        ...terms,
        id: `invitation_${Buffer.from(randomBytes(8)).toString('hex')}`,
        codeHash: sha256(code),
        createdAt,
        createdBy,
        expiresAt: createdAt + days * DAY_MS,
        usedAt: null,
        usedBy: null,
        revokedAt: null,
      }
      await this.#write(invitation)
      const links = origins().map((origin) => `${origin}${JOIN_PATH}#${code}`)
      return { ...this.#seen(invitation), code, links }
    })
  }

  /** Also those that are not open only because of the person's or the maker's role of now, and those that have expired. */
  async #closeAllOf(personId: string): Promise<void> {
    const theirs = Array.from(this.#byId.values()).filter(({ person }) => person === personId)
    for (const { id } of theirs) {
      await this.#queued(id, () =>
        this.#options.use(async () => {
          const invitation = this.#byId.get(id)
          if (invitation === undefined || isClosed(invitation)) return
          await this.#write({ ...invitation, revokedAt: this.#options.now() })
        }),
      )
    }
  }

  async #close(invitation: StoredInvitation): Promise<void> {
    const revoked = { ...invitation, revokedAt: this.#options.now() }
    this.#put(revoked)
    await this.#options.store.put(revoked)
  }

  /** Changes of one invitation wait for one another, and only then for the store. */
  #queued<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#sequencer.queue(id, () => onFreshRow(work))
  }

  /** undefined for every invitation that does not work, whatever the reason. */
  #find(code: string): StoredInvitation | undefined {
    const invitation = this.#byId.get(this.#idOfHash.get(sha256(typed(code))) ?? '')
    return invitation !== undefined && this.#stateOf(invitation) === 'open' ? invitation : undefined
  }

  #stateOf(invitation: StoredInvitation): Invitation['state'] {
    return stateOf(invitation, this.#options)
  }

  /** A person who is here already can get another name. */
  #seen(invitation: StoredInvitation): Invitation {
    const { codeHash: _, revokedAt: __, name, ...seen } = invitation
    const { person } = seen
    const called = person === null ? name : (this.#options.findPerson(person)?.name ?? null)
    return { ...seen, name: called, state: this.#stateOf(invitation) }
  }

  /** Deletes the oldest closed ones. Rejects with a PersonError if too many are open. */
  async #makeRoom(): Promise<void> {
    const [open = [], closed = []] = [true, false].map((isOpen) =>
      Array.from(this.#byId.values()).filter((invitation) => (this.#stateOf(invitation) === 'open') === isOpen),
    )
    if (open.length >= MOST_OPEN) throw tooMany()
    for (const { id } of closed.slice(0, Math.max(0, closed.length - MOST_CLOSED + 1))) await this.#remove(id)
  }

  async #write(invitation: StoredInvitation): Promise<void> {
    await save(this.#options.store.put(invitation), 'unchanged')
    this.#put(invitation)
    this.#options.onChanged()
  }

  async #remove(id: string): Promise<void> {
    await save(this.#options.store.remove(id), 'unchanged')
    this.#drop(id)
  }

  #put(invitation: StoredInvitation): void {
    this.#byId.set(invitation.id, invitation)
    this.#idOfHash.set(invitation.codeHash, invitation.id)
  }

  #drop(id: string): void {
    this.#idOfHash.delete(this.#byId.get(id)?.codeHash ?? '')
    this.#byId.delete(id)
  }
}

/** A code as it may arrive from a chat or a keyboard. */
function typed(code: string): string {
  return code.toLowerCase().replace(/[^a-z2-7]/g, '')
}

function tooMany(): PersonError {
  return new PersonError('invitations_full', 'Too many invitations are open. Revoke some first.')
}
