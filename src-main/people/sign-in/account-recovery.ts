import type { Person } from '#shared/people/person.ts'
import type { Join } from '#shared/people/sign-in.ts'
import type { Credentials, NewCredential } from '../credentials/credentials.ts'
import type { Passkeys } from '../credentials/passkeys.ts'
import type { PasswordHashes } from '../credentials/password-hash.ts'
import type { Invitations } from '../invitations/invitations.ts'
import type { People } from '../people.ts'
import type { Recovery } from '../ports.ts'
import type { PasskeyOptions, Visitor } from './ports.ts'
import { provenAccount } from './proven-account.ts'
import { invitationInvalid } from './sign-in-error.ts'

export interface AccountRecoveryOptions {
  readonly people: People
  readonly credentials: Credentials
  readonly invitations: Invitations
  readonly hashes: PasswordHashes
  readonly passkeys: Passkeys
  readonly write: (recovery: Recovery) => Promise<void>
  /** Ends all sessions of a person. */
  readonly endSessions: (personId: string) => Promise<void>
  readonly onRecovered: (person: Person, visitor: Visitor) => void
}

/** Persons who are here already and get in again by an invitation. Every refusal is a PersonError. */
export class AccountRecovery {
  readonly #options: AccountRecoveryOptions

  constructor(options: AccountRecoveryOptions) {
    this.#options = options
  }

  /** The person who gets in again with this code; undefined for every other code. */
  personOf(code: string | null): Person | undefined {
    const { people, invitations } = this.#options
    return people.find((code === null ? undefined : invitations.recovers(code)) ?? '')
  }

  passkeyOptions({ id, name }: Person, visitor: Visitor): Promise<PasskeyOptions> {
    return this.#options.passkeys.beginMaking('recover', { personId: id, name }, visitor)
  }

  /**
   * Uses the invitation: the password replaces the one until now, or the passkey is added, and the person is signed out
   * everywhere, because whoever has their lost device may be signed in there.
   */
  async recover(code: string, proof: Join['proof'], visitor: Visitor): Promise<Person> {
    const { invitations, endSessions, onRecovered } = this.#options
    const person = this.personOf(code)
    if (person === undefined) throw invitationInvalid()
    const { id: personId, name, email } = person
    const chosen = { for: 'recover', names: [name, email ?? ''], origin: visitor.origin, personId } as const
    const { account } = await provenAccount(proof, chosen, this.#options)
    const isDone = await invitations.join(code, async (_, used) => {
      const choices = await account()
      // Hashing takes its time. Meanwhile the person can have been paused, or the maker have lost their role.
      if (this.personOf(code)?.id !== person.id) return undefined
      const invitation = used(person.id)
      await this.#write(person.id, choices, invitation)
      return true
    })
    if (isDone === undefined) throw invitationInvalid()
    onRecovered(person, visitor)
    await endSessions(person.id)
    return person
  }

  #write(personId: string, choices: NewCredential, invitation: Recovery['invitation']): Promise<void> {
    const { credentials, invitations, write } = this.#options
    return credentials.recover(personId, choices, async (credential) => {
      await write({ credential, invitation })
      invitations.takeIn(invitation)
    })
  }
}
