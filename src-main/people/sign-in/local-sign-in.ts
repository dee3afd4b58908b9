import { isWaiting, type Person } from '#shared/people/person.ts'
import type { Invited, Join, SignInOptions } from '#shared/people/sign-in.ts'
import type { StoredCredential } from '#shared/people/stored.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { INPUT_SENTENCES } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { addressGroup } from '../../base/near-address.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Passkeys } from '../credentials/passkeys.ts'
import type { PasswordHashes } from '../credentials/password-hash.ts'
import type { Invitations } from '../invitations/invitations.ts'
import type { People } from '../people.ts'
import type { AccountRecovery } from './account-recovery.ts'
import { Attempts } from './attempts.ts'
import { KnownAddresses } from './known-addresses.ts'
import type { Newcomers } from './newcomers.ts'
import { foldedName, plainName } from './person-names.ts'
import type { PasskeyOptions, Visitor } from './ports.ts'
import { provenAccount } from './proven-account.ts'
import {
  invitationInvalid,
  localSignInOff,
  notLetInYet,
  personPaused,
  signInFailed,
  signInOff,
} from './sign-in-error.ts'

export interface LocalSignInOptions {
  readonly people: People
  readonly credentials: Credentials
  readonly invitations: Invitations
  readonly newcomers: Newcomers
  readonly recovery: AccountRecovery
  readonly hashes: PasswordHashes
  readonly passkeys: Passkeys
  readonly settings: () => Pick<Settings, 'localSignIn' | 'registration' | 'providers' | 'ownerEmail'>
  readonly now: () => number
  /** Milliseconds that only grow. */
  readonly monotonic: () => number
  readonly wait: (ms: number) => Promise<void>
}

/** Somebody has proved who they are, and the person is active. */
interface Proven {
  readonly personId: string
  readonly method: 'password' | 'passkey'
}

interface Given {
  readonly name: string
  readonly password: string
}

/** Several persons can have one name; the oldest come first, so that somebody new cannot lock them out. */
const MOST_OF_NAME = 3
const MOST_COUNTED_NAME = 100
/** A refusal takes at least this long, in ms: longer than three hashes, so that its time does not tell who is here. */
const SHORTEST_REFUSAL_MS = 1500

/** Passwords, passkeys and joining. Every refusal is a PersonError. */
export class LocalSignIn {
  readonly #options: LocalSignInOptions
  readonly #ofName: Attempts
  readonly #ofAddress: Attempts
  readonly #known = new KnownAddresses()

  constructor(options: LocalSignInOptions) {
    this.#options = options
    this.#ofName = new Attempts({ now: options.now, free: 5, longestWaitMs: 30_000 })
    this.#ofAddress = new Attempts({ now: options.now, free: 10, longestWaitMs: 15 * 60_000 })
  }

  /** What somebody who is not signed in may know. */
  options(): SignInOptions {
    const { localSignIn, registration, providers } = this.#options.settings()
    return {
      isOn: this.#isOn(),
      local: localSignIn,
      providers: providers.map(({ id, name, preset }) => ({ id, name, preset })),
      registration,
    }
  }

  async password({ name, password }: Given, { address }: Visitor): Promise<Proven> {
    this.#requireOn()
    const { people, credentials, wait, monotonic } = this.#options
    const attempts = this.#begin(foldedName(name), address)
    const startedAt = monotonic()
    const found = await this.#passwordOf(name, password).catch((error: unknown) => {
      // Nothing was found out about the password.
      for (const attempt of attempts) attempt.takeBack()
      throw error
    })
    const person = people.find(found?.person ?? '')
    if (found === undefined || person === undefined) {
      await wait(Math.max(0, SHORTEST_REFUSAL_MS - (monotonic() - startedAt)))
      throw signInFailed()
    }
    for (const attempt of attempts) attempt.takeBack()
    requireActive(person)
    this.#known.add(foldedName(name), address)
    await credentials.used(found.id)
    // All of this takes its time, and the person may have got another password meanwhile.
    if (credentials.byId(found.id)?.data !== found.data) throw signInFailed()
    return { personId: person.id, method: 'password' }
  }

  async passkeyOptions(visitor: Visitor): Promise<PasskeyOptions> {
    this.#requireOn()
    return await this.#options.passkeys.beginSignIn(visitor)
  }

  async passkey(
    { flow, passkey }: { readonly flow: string; readonly passkey: Record<string, unknown> },
    { origin, address }: Visitor,
  ): Promise<Proven> {
    this.#requireOn()
    const attempt = this.#ofAddress.begin(addressGroup(address))
    const personId = await this.#options.passkeys.finishSignIn(flow, passkey, origin)
    const person = this.#options.people.find(personId ?? '')
    if (person === undefined) throw signInFailed()
    attempt.takeBack()
    requireActive(person)
    return { personId: person.id, method: 'passkey' }
  }

  async look(code: string, { address }: Visitor): Promise<Invited> {
    const attempt = this.#ofAddress.begin(addressGroup(address))
    const invited = this.#options.invitations.look(code)
    attempt.takeBack()
    return invited
  }

  async joinOptions(asked: Pick<Join, 'code' | 'name'>, visitor: Visitor): Promise<PasskeyOptions> {
    await this.#checkMayJoin(asked.code, visitor)
    const { people, passkeys, recovery } = this.#options
    const here = recovery.personOf(asked.code)
    if (here !== undefined) return await recovery.passkeyOptions(here, visitor)
    return await passkeys.beginMaking('join', { personId: people.newId(), name: nameIn(asked) }, visitor)
  }

  /** `waiting`: an operator must let the person in first. */
  async join(join: Join, visitor: Visitor): Promise<Proven | 'waiting'> {
    await this.#checkMayJoin(join.code, visitor)
    const person = await this.#joining(join, visitor)
    if (isWaiting(person)) return 'waiting'
    return { personId: person.id, method: 'password' in join.proof ? 'password' : 'passkey' }
  }

  async #joining(join: Join, visitor: Visitor): Promise<Person> {
    const { newcomers, recovery } = this.#options
    const { code, proof } = join
    if (code !== null && recovery.personOf(code) !== undefined) return await recovery.recover(code, proof, visitor)
    const name = nameIn(join)
    const chosen = { for: 'join', names: [name], origin: visitor.origin } as const
    const newcomer = { ...(await provenAccount(proof, chosen, this.#options)), name, email: null, role: null }
    if (code === null) return await newcomers.uninvited(newcomer, visitor)
    const person = await newcomers.invited(code, newcomer, visitor)
    if (person === undefined) throw invitationInvalid()
    return person
  }

  async #checkMayJoin(code: string | null, visitor: Visitor): Promise<void> {
    if (!this.#options.settings().localSignIn) throw localSignInOff()
    if (code === null) this.#options.newcomers.checkUninvited(visitor)
    else await this.look(code, visitor)
  }

  /** The password of the one person with this name or address and this password, whatever their state. */
  async #passwordOf(name: string, password: string): Promise<StoredCredential | undefined> {
    const { credentials, hashes, people } = this.#options
    const folded = foldedName(name)
    const candidates = people
      .list()
      .filter((person) => namesOf(person).includes(folded))
      .sort((one, other) => one.createdAt - other.createdAt)
      .flatMap((person) => credentials.find('password', person.id) ?? [])
      .slice(0, MOST_OF_NAME)
    // As much work for a name that nobody has.
    if (candidates.length === 0) await hashes.matches(undefined, password)
    const matching: StoredCredential[] = []
    for (const candidate of candidates) if (await hashes.matches(candidate.data, password)) matching.push(candidate)
    // Two with one name and one password cannot be told apart.
    return matching.length === 1 ? matching[0] : undefined
  }

  /** An address from which the person came in before has its own count, so that nobody can lock them out there. */
  #begin(name: string, address: string) {
    const group = addressGroup(address)
    const bounded = name.slice(0, MOST_COUNTED_NAME)
    const who = this.#known.has(name, address) ? `${bounded} ${group}` : bounded
    return [this.#ofAddress.begin(group), this.#ofName.begin(who)]
  }

  /** Also while somebody may still become the second person. */
  #isOn(): boolean {
    const { people, invitations, settings } = this.#options
    const { registration, ownerEmail, providers } = settings()
    const canAppoint = ownerEmail !== null && providers.length > 0
    return people.list().length > 1 || invitations.hasOpen || registration !== 'invite' || canAppoint
  }

  #requireOn(): void {
    if (!this.#isOn()) throw signInOff()
    if (!this.#options.settings().localSignIn) throw localSignInOff()
  }
}

function namesOf({ name, email }: Person): string[] {
  return [foldedName(name), plainName(name), ...(email === null ? [] : [foldedName(email)])]
}

/** Throws a PersonError without one: only somebody who is here already has a name. */
function nameIn({ name }: Pick<Join, 'name'>): string {
  if (name === null) throw new PersonError('person_name_missing', INPUT_SENTENCES.person_name_missing)
  return name
}

function requireActive(person: Person): void {
  if (isWaiting(person)) throw notLetInYet()
  if (person.state !== 'active') throw personPaused()
}
