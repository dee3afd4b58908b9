import { newPersonSchema, type Person } from '#shared/people/person.ts'
import { PERSON_ID_SHAPE } from '#shared/people/person-id.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkVisible } from '#shared/text/visible-text.ts'
import { checkedFields } from './person-choices.ts'

/** The persons of keys that come from a file. */
export interface ArrivingPeople {
  /** Persons in the file. */
  readonly persons: readonly Person[]
  /** The persons of its keys, by id or by name. A person who is named and does not exist is made. */
  readonly named: readonly string[]
}

export interface PlannedPeople {
  /** The persons to write with the keys. */
  readonly fresh: readonly Person[]
  /** The id, here, of a person of the file or a named one. */
  idOf(named: string): string
}

interface Here {
  readonly here: readonly Person[]
  readonly newId: () => string
  readonly now: number
}

/**
 * Existing persons are never changed. A person of the file with the same id, or else the same name, as one who is here is
 * that one.
 */
export function planArrivals({ persons, named }: ArrivingPeople, { here, newId, now }: Here): PlannedPeople {
  const known = new Map(here.flatMap((person) => [[person.id, person.id] as const, [keyOf(person.name), person.id]]))
  // An id wins over a name that looks like one.
  for (const { id } of here) known.set(id, id)
  const fresh: Person[] = []
  const add = (person: Person) => {
    fresh.push(person)
    known.set(person.id, person.id)
    if (!known.has(keyOf(person.name))) known.set(keyOf(person.name), person.id)
  }
  const seen = new Set<string>()
  for (const person of persons) {
    if (seen.has(person.id)) throw twice(person.id)
    seen.add(person.id)
    const found = known.get(person.id) ?? known.get(keyOf(person.name))
    if (found === undefined) add(arrived(person))
    else known.set(person.id, found)
  }
  for (const name of named) {
    if (known.has(name) || known.has(keyOf(name))) continue
    if (PERSON_ID_SHAPE.test(name)) throw missing(name)
    checkVisible(name)
    add({ ...newPersonSchema.parse({ name }), state: 'active', id: newId(), createdAt: now })
  }
  const idOf = (name: string) => {
    const id = known.get(name) ?? known.get(keyOf(name))
    if (id === undefined) throw missing(name)
    return id
  }
  return { fresh, idOf }
}

/** Names are compared without regard to capitals. A name never collides with an id, which has no space. */
function keyOf(name: string): string {
  return `name ${name.trim().toLowerCase()}`
}

/** Only one person is the owner, the one with that id. */
function arrived(person: Person): Person {
  const checked = checkedFields(person)
  return checked.role === 'owner' ? { ...checked, role: 'member' } : checked
}

function twice(id: string): PersonError {
  const sentence = `The file contains the person ${id} twice, so nothing was changed. Remove one of them.`
  return new PersonError('setup_person_twice', sentence, { parts: { id } })
}

function missing(name: string): PersonError {
  const sentence = `The file contains a key of a person who is not in it (${name}), so nothing was changed.`
  return new PersonError('setup_person_missing', sentence, { parts: { name } })
}
