import { isOwner } from '#shared/people/person.ts'
import type { Forget, Forgotten } from '#shared/records/forget.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Pairings } from '../../pairing/pairings.ts'
import type { Rooms } from '../rooms.ts'
import type { StorePort } from '../store/store-port.ts'

export interface ForgettingOptions {
  readonly rooms: Pick<Rooms, 'people' | 'invitations' | 'access' | 'usage'>
  readonly store: Pick<StorePort, 'audit' | 'backups'>
  readonly pairings: Pick<Pairings, 'forget'>
  readonly forgetDevices: () => Promise<void>
}

/**
 * Permanently deletes the traces of one key or one site, or everything except the settings and the owner. Keys and sites go first, so
 * that nothing new is recorded about them. The backups go too, because they contain the same traces; the next one is made
 * within an hour.
 *
 * A typing error must not cost the backups, so an unknown key or site is refused. A deletion that was interrupted can be
 * repeated, even if the key or the site itself no longer exists.
 */
export class Forgetting {
  readonly #rooms: ForgettingOptions['rooms']
  readonly #store: ForgettingOptions['store']
  readonly #pairings: ForgettingOptions['pairings']
  readonly #forgetDevices: ForgettingOptions['forgetDevices']

  constructor({ rooms, store, pairings, forgetDevices }: ForgettingOptions) {
    this.#rooms = rooms
    this.#store = store
    this.#pairings = pairings
    this.#forgetDevices = forgetDevices
  }

  async forget(what: Forget): Promise<Forgotten> {
    const exchanges = await this.#forgetTraces(what)
    return { exchanges, backups: await this.#store.backups.removeAll() }
  }

  /** Also deletes the backups, and what the audit trail says about the person. */
  async forgetKeysOf(personId: string): Promise<void> {
    for (const { key } of this.#rooms.access.keysOf(personId)) await this.#forgetKey(key.id)
    await this.#store.audit.forget(personId)
    await this.#store.audit.forgetPerson(personId)
    await this.#store.backups.removeAll()
    await this.#forgetInvitationsOf(personId)
  }

  /** The audit trail's entries about them, because an invitation is made for a name or a person. */
  async #forgetInvitationsOf(personId: string): Promise<void> {
    const theirs = this.#rooms.invitations.list().filter(({ usedBy, person }) => [usedBy, person].includes(personId))
    for (const { id } of theirs) await this.#store.audit.forget(id)
  }

  #forgetTraces(what: Forget): Promise<number> {
    if ('key' in what) return this.#forgetKey(what.key)
    return 'origin' in what ? this.#forgetOrigin(what.origin) : this.#forgetAll()
  }

  async #forgetAll(): Promise<number> {
    const { people, invitations, access, usage } = this.#rooms
    for (const id of access.keys.ids()) await access.keys.forget(id)
    for (const { origin } of await access.origins.list()) await access.origins.forget(origin)
    await invitations.forgetAll()
    for (const person of people.list()) if (!isOwner(person)) await people.remove(person.id, async () => {})
    await this.#pairings.forget('everything')
    await this.#store.audit.forgetAll()
    await this.#forgetDevices()
    return usage.forget('everything')
  }

  async #forgetKey(keyId: string): Promise<number> {
    const { access, usage } = this.#rooms
    const { audit } = this.#store
    const isKnown = await access.keys.forget(keyId)
    if (!isKnown && !(await audit.isAbout(keyId)) && !(await usage.hasTraces({ keyId }))) {
      throw new PersonError('no_such_key', 'There is no key with this id, so nothing was deleted.')
    }
    await this.#pairings.forget({ key: keyId })
    await audit.forget(keyId)
    return usage.forget({ keyId })
  }

  async #forgetOrigin(origin: string): Promise<number> {
    const { access, usage } = this.#rooms
    const { audit } = this.#store
    const isKnown = await access.origins.forget(origin)
    if (!isKnown && !(await audit.isAbout(origin)) && !(await usage.hasTraces({ origin }))) {
      const sentence =
        'There is no site with this address, so nothing was deleted. List them with: latchkey origin list'
      throw new PersonError('no_such_site', sentence)
    }
    await this.#pairings.forget({ origin })
    await audit.forget(origin)
    return usage.forget({ origin })
  }
}
