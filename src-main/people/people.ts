import { isDeepStrictEqual } from 'node:util'
import { isOwner, type NewPerson, type Person, type PersonPatch } from '#shared/people/person.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { isChangedElsewhere, isUnchanged, onFreshRow } from '#shared/records/fresh-row.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { SequencerByKey } from '../base/sequencer.ts'
import { type ArrivingPeople, type PlannedPeople, planArrivals } from './arrivals.ts'
import { checkedFields, isNarrower, patchedPerson, UNRESTRICTED } from './person-choices.ts'
import type { PersonStore, UseStore } from './ports.ts'
import { save } from './save.ts'

export interface PeopleOptions {
  readonly store: PersonStore
  readonly use: UseStore
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  /** Called when a person has lost a right, so that running exchanges of their keys must end. */
  readonly onNarrowed: (personId: string) => void
  /** Called when a person has been removed for good. */
  readonly onRemoved: (personId: string) => void
  readonly onChanged: () => void
}

/** A person in memory. */
interface Entry {
  /** As last written. */
  stored: Person
  /** The person in effect: not active as soon as a pause or removal is requested, also if its write fails. */
  inEffect: Person
  isStopped: boolean
  /** True if nobody knows whether the requested stop was written. Only the row can tell. */
  isDoubtful: boolean
  /** The number of requested stops. A change that resumes takes effect only if no stop followed it. */
  stops: number
}

/**
 * All persons. A change is written before it takes effect; pausing and removing take effect before they are written.
 * Every method rejects with a PersonError if the change could not be written.
 */
export class People {
  readonly #options: PeopleOptions
  readonly #entries = new Map<string, Entry>()
  readonly #sequencer = new SequencerByKey()

  private constructor(options: PeopleOptions, stored: readonly Person[]) {
    this.#options = options
    this.#takeIn(stored)
  }

  /** Rejects if the persons cannot be read, because the gateway must not run without them. */
  static async open(options: PeopleOptions): Promise<People> {
    const people = new People(options, await options.store.load())
    await people.#ensureOwner()
    return people
  }

  /** The person in effect, from memory; undefined if there is none with this id. */
  find(id: string): Person | undefined {
    return this.#entries.get(id)?.inEffect
  }

  /** The owner first, then in the order in which they were added. */
  list(): Person[] {
    const all = Array.from(this.#entries.values(), ({ inEffect }) => inEffect)
    return [...all.filter(isOwner), ...all.filter((person) => !isOwner(person))]
  }

  /** A person who is not stored yet. Throws a PersonError for choices that nobody can make. */
  draft(choices: NewPerson, state: Person['state'] = 'active', id = this.newId()): Person {
    const checked = checkedFields(choices)
    if (checked.role === 'owner') throw oneOwner()
    return { ...checked, state, id, createdAt: this.#options.now() }
  }

  create(choices: NewPerson): Promise<Person> {
    const person = this.draft(choices)
    return this.#options.use(async () => {
      await save(this.#options.store.put(person), 'unchanged')
      this.#put(person)
      this.#options.onChanged()
      return person
    })
  }

  /** Resolves to undefined if there is no such person. Rejects with a PersonError if it is not allowed for the owner. */
  change(id: string, patch: PersonPatch): Promise<Person | undefined> {
    const choices = checkedFields(patch)
    this.#checkOwner(id, choices)
    const stops = this.#isStop(choices) ? this.#stop(id) : this.#entries.get(id)?.stops
    return this.#queued(id, async (entry) => {
      const before = entry.stored
      const person = patchedPerson(before, choices)
      await save(this.#options.store.put(person), this.#isStop(choices) ? 'person_stopped' : 'unchanged')
      // The row says it now, so the mark goes: another gateway can undo what the row says.
      if (choices.state !== undefined && entry.stops === stops) entry.isStopped = false
      entry.stored = person
      entry.inEffect = entry.isStopped ? stopped(person) : person
      this.#options.onChanged()
      if (isNarrower(before, person)) this.#options.onNarrowed(id)
      return entry.inEffect
    }).catch((error: unknown) => this.#failed(id, this.#isStop(choices) ? stops : undefined, error))
  }

  /**
   * Removes a person permanently. `removeKeys` runs before, when no key of the person works any more. Resolves to
   * undefined if there is no such person. Rejects with a PersonError for the owner.
   */
  async remove(id: string, removeKeys: () => Promise<void>): Promise<Person | undefined> {
    if (id === OWNER_ID) throw ownerStays()
    if (this.#entries.get(id) === undefined) return undefined
    const stops = this.#stop(id)
    try {
      await removeKeys()
      return await this.#queued(id, (entry) => this.#removeNow(id, entry))
    } catch (error) {
      return this.#failed(id, stops, error)
    }
  }

  async #removeNow(id: string, { stored }: Entry): Promise<Person> {
    await save(this.#options.store.remove(id), 'person_stopped')
    this.#entries.delete(id)
    this.#options.onRemoved(id)
    this.#options.onChanged()
    return stored
  }

  /** `stops`: the number of the stop that could not be written, if it was one. */
  #failed(id: string, stops: number | undefined, error: unknown): never {
    const entry = this.#entries.get(id)
    if (entry !== undefined && entry.stops === stops) {
      if (isUnchanged(error)) takeBackStop(entry)
      else entry.isDoubtful = true
      this.#options.onChanged()
    }
    throw error
  }

  /**
   * The persons that arriving keys need: those who are here, by id or name, and new ones. Throws a PersonError for
   * persons that nobody could have made.
   */
  plan(arriving: ArrivingPeople): PlannedPeople {
    return planArrivals(arriving, { here: this.list(), newId: () => this.newId(), now: this.#options.now() })
  }

  /** Call after the new persons of a plan have been written. */
  takeIn(persons: readonly Person[]): void {
    for (const person of persons) this.#put(person)
    if (persons.length > 0) this.#options.onChanged()
  }

  /** Reads the rows again after they were replaced. Persons who are different now have lost their rights. */
  async reload(): Promise<void> {
    const before = new Map(this.#entries)
    const stored = await this.#options.store.load()
    this.#entries.clear()
    this.#takeIn(stored)
    await this.#ensureOwner()
    for (const [id, { inEffect }] of before) {
      if (!isDeepStrictEqual(inEffect, this.find(id))) this.#options.onNarrowed(id)
    }
    this.#options.onChanged()
  }

  /** Takes over what other gateways have changed. Who was stopped here, and perhaps not written, is stopped until the row is read. */
  follow({ put, removed }: ForeignRows['persons']): void {
    for (const person of put) this.#followOne(person)
    for (const id of removed) {
      if (!this.#entries.delete(id)) continue
      this.#options.onNarrowed(id)
      this.#options.onRemoved(id)
    }
    if (put.length > 0 || removed.length > 0) this.#options.onChanged()
  }

  /** Resolves when every requested change has been written or has failed. */
  settled(): Promise<void> {
    return this.#sequencer.settled()
  }

  #followOne(person: Person): void {
    const entry = this.#entries.get(person.id)
    if (entry === undefined) return this.#put(person)
    const before = entry.stored
    entry.stored = person
    entry.inEffect = entry.isStopped ? stopped(person) : person
    if (entry.isDoubtful) takeBackStop(entry)
    if (isNarrower(before, person)) this.#options.onNarrowed(person.id)
  }

  /** A damaged file can lose the owner's row, and then the owner has no limits again. */
  async #ensureOwner(): Promise<void> {
    if (this.#entries.has(OWNER_ID)) return
    const owner: Person = { ...UNLIMITED, id: OWNER_ID, name: 'Owner', role: 'owner', createdAt: this.#options.now() }
    this.#put(owner)
    // Another gateway may have added the owner at the same moment, and then its row is here by now.
    await this.#options.store.put(owner).catch((error: unknown) => {
      if (!isChangedElsewhere(error)) throw error
    })
  }

  #takeIn(stored: readonly Person[]): void {
    for (const person of stored) this.#put(person)
  }

  #put(person: Person): void {
    this.#entries.set(person.id, { stored: person, inEffect: person, isStopped: false, isDoubtful: false, stops: 0 })
  }

  #isStop({ state }: PersonPatch): boolean {
    return state !== undefined && state !== 'active'
  }

  /** Takes effect at once. Returns the number of stops. */
  #stop(id: string): number | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    entry.isStopped = true
    entry.isDoubtful = false
    entry.inEffect = stopped(entry.inEffect)
    entry.stops += 1
    this.#options.onNarrowed(id)
    this.#options.onChanged()
    return entry.stops
  }

  #queued<T>(id: string, work: (entry: Entry) => Promise<T>): Promise<T | undefined> {
    return this.#options.use(() =>
      this.#sequencer.queue(id, () =>
        onFreshRow(async () => {
          const entry = this.#entries.get(id)
          return entry === undefined ? undefined : work(entry)
        }),
      ),
    )
  }

  #checkOwner(id: string, { role, state }: PersonPatch): void {
    if (id !== OWNER_ID && role === 'owner') throw oneOwner()
    const changes = (role !== undefined && role !== 'owner') || (state !== undefined && state !== 'active')
    if (id === OWNER_ID && changes) throw ownerStays()
  }

  /** An id that no person has. */
  newId(): string {
    const id = `person_${Buffer.from(this.#options.randomBytes(6)).toString('hex')}`
    return this.#entries.has(id) ? this.newId() : id
  }
}

const UNLIMITED = {
  email: null,
  picture: null,
  state: 'active',
  ...UNRESTRICTED,
} as const satisfies Partial<Person>

function stopped(person: Person): Person {
  return person.state === 'active' ? { ...person, state: 'paused' } : person
}

/** The row is known to say how the person is. */
function takeBackStop(entry: Entry): void {
  entry.isStopped = false
  entry.isDoubtful = false
  entry.inEffect = entry.stored
}

function oneOwner(): PersonError {
  return new PersonError('one_owner', 'There is one owner, the person at this computer. Choose another role.')
}

function ownerStays(): PersonError {
  return new PersonError('owner_stays', 'The owner cannot be removed, paused or given another role.')
}
