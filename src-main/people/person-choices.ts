import { takesAway } from '#shared/keys/restricts.ts'
import { checkedOrigins } from '#shared/origins/checked-origin.ts'
import type { Person, PersonPatch } from '#shared/people/person.ts'
import { PERSON_FIELD_NAMES, PERSON_FIELDS } from '#shared/people/person-fields.ts'
import { checkVisible } from '#shared/text/visible-text.ts'

/** No limits and no lists. */
export const UNRESTRICTED = {
  models: null,
  origins: null,
  online: true,
  hours: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  concurrency: null,
} as const satisfies Partial<Person>

/**
 * Trims the name and puts origins into canonical form. Throws a PersonError for an invalid origin and for a text with
 * invisible characters.
 */
export function checkedFields<T extends PersonPatch>(choices: T): T {
  const checked = { ...choices }
  if (checked.name !== undefined) checked.name = checked.name.trim()
  if (checked.origins) checked.origins = checkedOrigins(checked.origins)
  for (const text of [checked.name ?? '', ...(checked.models ?? [])]) checkVisible(text)
  return checked
}

/** The person with a patch applied. undefined leaves a field unchanged; null means “no limit”. */
export function patchedPerson(person: Person, patch: PersonPatch): Person {
  return { ...person, ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) }
}

/** True if a change takes something away from a person, so that running requests may no longer be allowed. */
export function isNarrower(before: Person, after: Person): boolean {
  return PERSON_FIELD_NAMES.some((name) => takesAway(PERSON_FIELDS[name].restricts, before[name], after[name]))
}
