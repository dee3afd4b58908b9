import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Route } from '#shared/gateway/routes.ts'
import type { Person } from '#shared/people/person.ts'
import { isOperator } from '#shared/people/role.ts'
import { modelMatcher } from '#shared/upstreams/model-names.ts'
import { mayComeFrom } from '../keys/key-rules.ts'
import type { PersonSource } from '../ports.ts'
import { OpenHoursRule } from './open-hours.ts'

/** A person's lists, compiled at the first use after a change, so that a request needs only look-ups. */
export interface PersonRules {
  readonly person: Person
  /** null: any origin that is not blocked. */
  readonly origins: ReadonlySet<string> | null
  readonly mayUseModel: (model: string) => boolean
  readonly hours: OpenHoursRule | null
}

const NOT_THIS_SITE: Refusal = { refused: 'person_not_allowed', detail: 'be used on this site' }

const NOT_ALL_KEYS: Refusal = { refused: 'person_not_allowed', detail: 'read the metrics, which are about all keys' }

/** The compiled rules of all persons. */
export class PersonRegistry {
  readonly #persons: PersonSource
  readonly #rules = new Map<string, PersonRules>()

  constructor(persons: PersonSource) {
    this.#persons = persons
  }

  /** undefined if there is no such person; no key of theirs may work. */
  find(id: string): PersonRules | undefined {
    const person = this.#persons.find(id)
    const known = this.#rules.get(id)
    if (known !== undefined && known.person === person) return known
    if (person === undefined) {
      this.#rules.delete(id)
      return undefined
    }
    const rules = compileRules(person)
    this.#rules.set(id, rules)
    return rules
  }
}

function compileRules(person: Person): PersonRules {
  return {
    person,
    origins: person.origins === null ? null : new Set(person.origins),
    mayUseModel: person.models === null ? () => true : modelMatcher(person.models),
    hours: person.hours === null ? null : new OpenHoursRule(person.hours),
  }
}

/** Checks a request against the key's person: role, hours, then origins. Returns null if they allow it. */
export function refusalByPerson(
  { person, hours, origins }: PersonRules,
  origin: string | null,
  route: Route | undefined,
  now: number,
): Refusal | null {
  if (route?.needs === 'usage' && !isOperator(person.role)) return NOT_ALL_KEYS
  // A key can always ask about itself, also when it will work again.
  const closed = hours === null || route?.class === 'own' ? null : hours.refusalAt(now)
  if (closed !== null) return closed
  return origins !== null && !mayComeFrom(origins, origin, route) ? NOT_THIS_SITE : null
}
