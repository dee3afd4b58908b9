import { isOwner, type Person } from '#shared/people/person.ts'
import type { Credential } from '#shared/people/session.ts'
import type { Me, MePatch } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkPassword } from '../credentials/common-password.ts'
import { type Credentials, publicCredential } from '../credentials/credentials.ts'
import { passkeyUnavailable } from '../credentials/passkey-error.ts'
import type { MadePasskey, Passkeys } from '../credentials/passkeys.ts'
import type { PasswordHashes } from '../credentials/password-hash.ts'
import type { People } from '../people.ts'
import { Attempts } from './attempts.ts'
import type { PasskeyOptions } from './ports.ts'
import { localSignInOff } from './sign-in-error.ts'

/** The person of a request, and how they came in. */
export interface OwnCaller {
  readonly personId: string
  readonly via: Me['via']
  /** The origin of the page; null for the desktop app's window and the command line. */
  readonly origin: string | null
}

export interface OwnAccountsOptions {
  readonly people: People
  readonly credentials: Credentials
  readonly hashes: PasswordHashes
  readonly passkeys: Passkeys
  readonly settings: () => Pick<Settings, 'localSignIn'>
  readonly now: () => number
}

/** What people do about themselves. Every refusal is a PersonError. */
export class OwnAccounts {
  readonly #options: OwnAccountsOptions
  readonly #attempts: Attempts

  constructor(options: OwnAccountsOptions) {
    this.#options = options
    this.#attempts = new Attempts({ now: options.now, free: 5, longestWaitMs: 60_000 })
  }

  read(caller: OwnCaller): Me {
    const { id, name, email, picture, role } = this.#personOf(caller)
    const credentials = this.#options.credentials.of(id).map(publicCredential)
    return { id, name, email, picture, role, via: caller.via, credentials }
  }

  async change(caller: OwnCaller, patch: MePatch): Promise<Me> {
    await this.#options.people.change(this.#personOf(caller).id, patch)
    return this.read(caller)
  }

  /** `current` is needed for another password, except at the owner's own computer, where a forgotten one is replaced. */
  async setPassword(
    caller: OwnCaller,
    password: string,
    current: string | null,
  ): Promise<{ readonly me: Me; readonly isReplaced: boolean }> {
    this.#requireLocal()
    const { id, name, email } = this.#personOf(caller)
    const { credentials, hashes } = this.#options
    const before = credentials.find('password', id)
    if (before !== undefined && caller.via === 'sign-in') await this.#checkCurrent(id, before.data, current)
    await checkPassword(password, [name, email ?? ''])
    await credentials.setPassword(id, await hashes.create(password))
    return { me: this.read(caller), isReplaced: before !== undefined }
  }

  async passkeyOptions(caller: OwnCaller): Promise<PasskeyOptions> {
    this.#requireLocal()
    const { id, name } = this.#personOf(caller)
    return await this.#options.passkeys.beginMaking('add', { personId: id, name }, { origin: originOf(caller) })
  }

  async addPasskey(caller: OwnCaller, made: MadePasskey): Promise<Credential> {
    this.#requireLocal()
    const { id } = this.#personOf(caller)
    const { passkeys, credentials } = this.#options
    const { credential } = await passkeys.finishMaking('add', made, { origin: originOf(caller), personId: id })
    return publicCredential(await credentials.add(id, credential))
  }

  /** Resolves to undefined if the person has no such credential. Only the owner can come in without any. */
  async removeCredential(caller: OwnCaller, credentialId: string): Promise<Me | undefined> {
    const person = this.#personOf(caller)
    const { credentials } = this.#options
    const isDone = await credentials.remove(person.id, credentialId, () => {
      if (!isOwner(person) && credentials.of(person.id).length === 1) throw lastWayIn()
    })
    return isDone ? this.read(caller) : undefined
  }

  async #checkCurrent(personId: string, hash: string, current: string | null): Promise<void> {
    const attempt = this.#attempts.begin(personId)
    if (current === null || !(await this.#options.hashes.matches(hash, current))) throw wrongPassword()
    attempt.takeBack()
  }

  #requireLocal(): void {
    if (!this.#options.settings().localSignIn) throw localSignInOff()
  }

  #personOf({ personId }: OwnCaller): Person {
    const person = this.#options.people.find(personId)
    if (person === undefined) {
      throw new PersonError('no_such_person', 'There is no such person. They may have been removed.')
    }
    return person
  }
}

function originOf({ origin }: OwnCaller): string {
  if (origin === null) throw passkeyUnavailable()
  return origin
}

function wrongPassword(): PersonError {
  return new PersonError('password_wrong', 'This is not your password until now. Check it and try again.')
}

function lastWayIn(): PersonError {
  return new PersonError('last_way_in', 'This is your only way to sign in. Add another one first.')
}
