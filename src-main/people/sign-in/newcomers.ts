import type { StoredKey } from '#shared/keys/stored.ts'
import type { NewInvitation } from '#shared/people/invitation.ts'
import { isWaiting, type NewPerson, newPersonSchema, type Person } from '#shared/people/person.ts'
import type { GivenRole } from '#shared/people/role.ts'
import type { Registration } from '#shared/people/sign-in.ts'
import type { StoredInvitation } from '#shared/people/stored.ts'
import { addressGroup } from '../../base/near-address.ts'
import type { Credentials, NewCredential } from '../credentials/credentials.ts'
import type { Invitations } from '../invitations/invitations.ts'
import { recoveryIsLocal } from '../invitations/recovery-error.ts'
import type { People } from '../people.ts'
import type { Joining } from '../ports.ts'
import { Attempts } from './attempts.ts'
import { distinctName, foldedName } from './person-names.ts'
import type { Visitor } from './ports.ts'
import { joinFromElsewhere, registrationClosed, tooManyWaiting } from './sign-in-error.ts'

/** Somebody new. */
export interface Newcomer {
  /** By default a new id. A passkey is made for an id. */
  readonly id?: string
  readonly name: string
  readonly email: string | null
  /** The role that a provider gives; null for none. */
  readonly role: GivenRole | null
  /** The way in that they chose; made only when it is certain that they may join. */
  readonly account: NewCredential | (() => Promise<NewCredential>)
}

export interface NewcomersOptions {
  readonly people: People
  readonly credentials: Credentials
  readonly invitations: Invitations
  /** Writes a joining, and then calls `written` before anything else uses the store. */
  readonly write: (joining: Joining, written: () => void) => Promise<void>
  /** The key that a guest gets. */
  readonly guestKey: (person: Person, preset: NewInvitation['preset']) => StoredKey
  readonly registration: () => Registration
  /** True for addresses in this computer's own networks. */
  readonly isNear: (address: string) => boolean
  readonly now: () => number
  readonly onJoined: (person: Person, visitor: Visitor | null) => void
}

/** What a person who joined without an invitation or an answer may do, until an operator changes it. */
const OPEN_LIMITS = { online: false, requestsPerMinute: 30, tokensPerDay: 100_000, concurrency: 2 } as const
const MOST_WAITING = 20
const FREE_JOINS = 3
const LONGEST_WAIT_MS = 15 * 60_000

/** Adds new persons with their way in. Every call rejects with a PersonError. */
export class Newcomers {
  readonly #options: NewcomersOptions
  /** Joinings without an invitation, by address. */
  readonly #joins: Attempts
  /** Joinings without an invitation that are being written. */
  #underWay = 0

  constructor(options: NewcomersOptions) {
    this.#options = options
    this.#joins = new Attempts({ now: options.now, free: FREE_JOINS, longestWaitMs: LONGEST_WAIT_MS })
  }

  /**
   * Uses the invitation: the person gets its role and limits and is active. Resolves to undefined if the code is not that
   * of an open invitation. Rejects with a PersonError `recovery_is_local` if it is for a person who is here already.
   */
  invited(code: string, newcomer: Newcomer, visitor: Visitor | null = null): Promise<Person | undefined> {
    return this.#options.invitations.join(code, async (invitation, used) => {
      const { role, preset } = invitation
      // It is for a person who is here already, and must never make a new one.
      if (preset === 'none') throw recoveryIsLocal()
      return await this.#add({ ...newcomer, role }, limitsOf(invitation), { preset, used, visitor })
    })
  }

  /** Throws a PersonError unless somebody without an invitation may ask to join from there. */
  checkUninvited({ address }: Visitor): void {
    const { registration, isNear, people } = this.#options
    if (registration() === 'invite') throw registrationClosed()
    if (registration() === 'open' && !isNear(address)) throw joinFromElsewhere()
    const waiting = people.list().filter(isWaiting).length
    if (registration() === 'approval' && waiting + this.#underWay >= MOST_WAITING) throw tooManyWaiting()
  }

  /**
   * By the setting `registration`. `invite`: refused, an invitation is needed. `approval`: the person is pending. `open`:
   * active, only for visitors in this network. The role is the newcomer's, or else `member`.
   */
  async uninvited(newcomer: Newcomer, visitor: Visitor): Promise<Person> {
    this.checkUninvited(visitor)
    this.#joins.begin(addressGroup(visitor.address))
    const isOpen = this.#options.registration() === 'open'
    this.#underWay += 1
    try {
      return await this.#add(newcomer, isOpen ? OPEN_LIMITS : {}, { state: isOpen ? 'active' : 'pending', visitor })
    } finally {
      this.#underWay -= 1
    }
  }

  /** An active person with the newcomer's role and no limits, whom the settings name. */
  appointed(newcomer: Newcomer, visitor: Visitor | null = null): Promise<Person> {
    return this.#add(newcomer, {}, { visitor })
  }

  async #add(
    { id, name, email, role, account }: Newcomer,
    limits: Partial<NewPerson>,
    how: {
      readonly state?: Person['state']
      readonly preset?: NewInvitation['preset']
      readonly used?: (personId: string) => StoredInvitation
      readonly visitor: Visitor | null
    },
  ): Promise<Person> {
    const { people, credentials, invitations, write, guestKey, onJoined } = this.#options
    const { state = 'active', preset = 'models', used, visitor } = how
    const choices = newPersonSchema.parse({ ...limits, name: this.#freeName(name), email, role: role ?? 'member' })
    const person = people.draft(choices, state, id)
    const credential = credentials.draft(person.id, typeof account === 'function' ? await account() : account)
    const invitation = used?.(person.id) ?? null
    const keys = person.role === 'guest' ? [guestKey(person, preset)] : []
    await write({ person, credential, keys, invitation }, () => {
      people.takeIn([person])
      credentials.takeIn(credential)
      if (invitation !== null) invitations.takeIn(invitation)
    })
    onJoined(person, visitor)
    return person
  }

  /** Lists name persons, so somebody new must not look like somebody who is here. */
  #freeName(name: string): string {
    const taken = new Set(this.#options.people.list().map((person) => foldedName(person.name)))
    return distinctName(name, (folded) => taken.has(folded))
  }
}

function limitsOf(invitation: StoredInvitation): Partial<NewPerson> {
  const { models, origins, online, hours, requestsPerMinute, tokensPerDay, concurrency } = invitation
  return { models, origins, online, hours, requestsPerMinute, tokensPerDay, concurrency }
}
