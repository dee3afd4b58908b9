import { z } from 'zod'
import { isOwner, type Person } from '#shared/people/person.ts'
import { type GivenRole, givenRoleSchema } from '#shared/people/role.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { Sequencer } from '../../base/sequencer.ts'
import { folded, type Identity } from './identity.ts'
import type { Account, Accounts, NewAccount, Newcomer, Newcomers, Persons, Proven, Visitor } from './ports.ts'

/** What is known of an account besides its names. */
const accountDataSchema = z.object({
  /** The role that the provider gave at the last sign-in. */
  role: givenRoleSchema.nullable(),
  /** The person's address, if it came from this account and not from an operator. */
  mail: z.string().nullable(),
  /** The setting `ownerEmail` that made this person an admin. */
  ownerEmail: z.string().nullable(),
})
type AccountData = z.infer<typeof accountDataSchema>

const NO_DATA: AccountData = { role: null, mail: null, ownerEmail: null }

export interface AdmissionOptions {
  readonly accounts: Accounts
  readonly persons: Persons
  readonly newcomers: Newcomers
  readonly settings: () => Pick<Settings, 'ownerEmail'>
}

/** Decides which person an account at a provider is, and whether somebody new may join. */
export class Admission {
  readonly #options: AdmissionOptions
  /** One at a time: two sign-ins with one account must not make two persons, and `ownerEmail` makes one admin. */
  readonly #sequencer = new Sequencer()

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** `code`: the invitation to join with. `waiting`: an operator must let the person in. Rejects with a PersonError. */
  admit(identity: Identity, code: string | null, visitor: Visitor): Promise<Proven | 'waiting'> {
    return this.#sequencer.queue(async () => {
      const { accounts, persons } = this.#options
      const account = accounts.find(identity.kind, identity.subject)
      const known = account && persons.find(account.person)
      const person =
        account !== undefined && known !== undefined
          ? await this.#known(account, known, identity)
          : await this.#unknown(identity, code, visitor)
      return verdictOn(person, identity)
    })
  }

  /** The provider's role is taken over when it changes, so that a role that an operator gives here stays until then. */
  async #known(account: Account, person: Person, identity: Identity): Promise<Person> {
    const { accounts, persons } = this.#options
    const before = dataOf(account)
    if (person.state !== 'active') return person
    const role = changedRole(person, before.role, identity.role)
    // Before the account is noted: if this fails, the next sign-in tries again.
    const changed = role === undefined ? person : await persons.change(person.id, { role })
    const data = JSON.stringify({ ...before, role: identity.role } satisfies AccountData)
    await accounts.used(account.id, { name: identity.account, data })
    if (changed === undefined) throw gone()
    return changed
  }

  async #unknown(identity: Identity, code: string | null, visitor: Visitor): Promise<Person> {
    const { newcomers } = this.#options
    const newcomer = newcomerOf(identity, null)
    const invited = code === null ? undefined : await newcomers.invited(code, newcomer, visitor)
    return (
      invited ??
      (await this.#linked(identity)) ??
      (await this.#appointed(identity, visitor)) ??
      (await newcomers.uninvited(newcomer, visitor))
    )
  }

  /**
   * A person whose address an operator entered. Addresses that came from a provider do not count, nor does the owner's:
   * an admin could set up a provider that confirms any address.
   */
  async #linked(identity: Identity): Promise<Person | undefined> {
    const { accounts, persons } = this.#options
    const { email } = identity
    if (email === null) return undefined
    const isEntered = (id: string) => !accounts.of(id).some((account) => isSame(dataOf(account).mail, email))
    const matching = persons.list().filter((person) => isSame(person.email, email) && !isOwner(person))
    const [person, ...others] = matching.filter(({ id }) => isEntered(id))
    if (person === undefined || others.length > 0) return undefined
    if (person.state !== 'active') return person
    await accounts.add(person.id, accountOf(identity, { ...NO_DATA, role: identity.role }))
    return person
  }

  /** The first account with the address of the setting `ownerEmail`. */
  async #appointed(identity: Identity, visitor: Visitor): Promise<Person | undefined> {
    const { accounts, newcomers, persons, settings } = this.#options
    const { ownerEmail } = settings()
    if (ownerEmail === null || !isSame(identity.email, ownerEmail)) return undefined
    const wasUsed = (account: Account) => isSame(dataOf(account).ownerEmail, ownerEmail)
    if (persons.list().some(({ id }) => accounts.of(id).some(wasUsed))) return undefined
    return newcomers.appointed({ ...newcomerOf(identity, ownerEmail), role: 'admin' }, visitor)
  }
}

/** undefined if the role stays. An admin who has lost their role at the provider becomes a member. */
function changedRole(person: Person, before: GivenRole | null, now: GivenRole | null): GivenRole | undefined {
  if (isOwner(person) || before === now) return undefined
  const role = now ?? (person.role === 'admin' && before === 'admin' ? 'member' : person.role)
  return role === person.role || role === 'owner' ? undefined : role
}

function verdictOn({ id, state }: Person, { kind }: Identity): Proven | 'waiting' {
  if (state === 'pending') return 'waiting'
  if (state === 'active') return { personId: id, method: kind }
  throw new PersonError('person_paused', 'You cannot sign in at the moment. Ask who runs this Latchkey.')
}

function gone(): PersonError {
  return new PersonError('no_such_person', 'There is no such person. They may have been removed.')
}

/** `ownerEmail`: the setting that makes them an admin, or null. */
function newcomerOf(identity: Identity, ownerEmail: string | null): Newcomer {
  const { name, email, role } = identity
  return { name, email, role, account: accountOf(identity, { role, mail: email, ownerEmail }) }
}

function accountOf({ kind, subject, account }: Identity, data: AccountData): NewAccount {
  return { kind, subject, name: account, data: JSON.stringify(data) }
}

/** Nothing is known of data that cannot be read. */
function dataOf({ data }: Account): AccountData {
  try {
    return accountDataSchema.parse(JSON.parse(data))
  } catch {
    return NO_DATA
  }
}

function isSame(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && folded(one) === folded(other)
}
