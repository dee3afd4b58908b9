import type { Person, PersonPatch } from '#shared/people/person.ts'
import type { Identity } from './identity.ts'

/** The other end of a request to sign in. */
export interface Visitor {
  readonly address: string
  readonly userAgent: string | null
  /** The origin of the page, such as `https://box.local:11501`. */
  readonly origin: string
}

/** Somebody has proved who they are, and the person is active. */
export interface Proven {
  readonly personId: string
  readonly method: Identity['kind']
}

/** A stored way in. Only those at providers have data that this folder understands. */
export interface Account {
  readonly id: string
  readonly person: string
  readonly data: string
}

/** An account at a provider with which a person signs in. */
export interface NewAccount {
  readonly kind: Identity['kind']
  /** See `Identity`. */
  readonly subject: string
  readonly name: string
  readonly data: string
}

/** The ways in of all persons, from memory. A resolved write survives a power cut. */
export interface Accounts {
  find(kind: Identity['kind'], subject: string): Account | undefined
  of(personId: string): readonly Account[]
  /** Rejects with a PersonError if there is one with this kind and subject. */
  add(personId: string, account: NewAccount): Promise<unknown>
  /** Notes a sign-in, with the account's name and data of now. */
  used(id: string, now: Pick<NewAccount, 'name' | 'data'>): Promise<void>
}

export interface Persons {
  find(id: string): Person | undefined
  list(): readonly Person[]
  change(id: string, patch: PersonPatch): Promise<Person | undefined>
}

/** Somebody new, as the provider describes them. */
export interface Newcomer {
  readonly name: string
  /** Verified by the provider. */
  readonly email: string | null
  readonly role: Identity['role']
  /** Stored together with the person. */
  readonly account: NewAccount
}

/** Adds new persons, under a name that nobody else has. Every call rejects with a PersonError. */
export interface Newcomers {
  /**
   * Uses the invitation: the person gets its role and limits and is active. Resolves to undefined if the code is not
   * that of an open invitation.
   */
  invited(code: string, newcomer: Newcomer, visitor: Visitor): Promise<Person | undefined>
  /**
   * By the setting `registration`. `invite`: refused, an invitation is needed. `approval`: the person is pending.
   * `open`: active, only for visitors in this network. The role is the newcomer's, or else `member`.
   */
  uninvited(newcomer: Newcomer, visitor: Visitor): Promise<Person>
  /** An active person with the newcomer's role and no limits, whom the settings name. */
  appointed(newcomer: Newcomer, visitor: Visitor): Promise<Person>
}
