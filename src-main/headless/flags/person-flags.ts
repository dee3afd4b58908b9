import { type Command, InvalidArgumentError } from 'commander'
import type { Person, PersonPatch } from '#shared/people/person.ts'
import { PERSON_FIELD_NAMES, PERSON_STATES, type PersonFieldName } from '#shared/people/person-fields.ts'
import { ROLES, type Role } from '#shared/people/role.ts'
import { clearableFlag, type FieldFlag, type GivenOptions, openListFlag, switchFlag, valueFlag } from './flag-kinds.ts'
import { KEY_FLAGS } from './key-flags.ts'
import { list } from './option-values.ts'

/** One row per field of a person; a missing row does not compile. */
const PERSON_FLAGS: { readonly [F in PersonFieldName]: FieldFlag<Person[F]> } = {
  name: valueFlag('--name <name>', 'what they are called', (text) => text),
  picture: clearableFlag('--picture <data URL>', 'a small picture, as a data URL', {
    word: 'none',
    parse: (text) => text,
  }),
  email: clearableFlag('--email <address>', 'their e-mail address', { word: 'none', parse: (text) => text }),
  role: valueFlag('--role <role>', 'admin, member or guest', role),
  state: valueFlag('--state <state>', `${PERSON_STATES.join(', ')}; only keys of an active person work`, state),
  models: openListFlag({
    name: 'models',
    one: 'model',
    description: 'models their keys may use, * as wildcard',
    parse: list,
  }),
  origins: openListFlag({ name: 'origins', one: 'site', description: 'sites that may use their keys', parse: list }),
  online: switchFlag(
    ['--online', 'let each of their keys decide about cloud models and web search'],
    ['--no-online', 'keep all their requests on this computer'],
  ),
  hours: openListFlag({
    name: 'hours',
    one: 'part of the day',
    description: 'parts of the day in which their keys work, such as 07:30-20:00',
    parse: list,
  }),
  requestsPerMinute: KEY_FLAGS.requestsPerMinute,
  tokensPerDay: KEY_FLAGS.tokensPerDay,
  concurrency: KEY_FLAGS.concurrency,
}

/** Adds the options for a new person, whose name is an argument, or for a change. */
export function addPersonFlags(command: Command, fields: readonly PersonFieldName[], now: () => number): void {
  for (const field of fields) for (const option of PERSON_FLAGS[field].options(now)) command.addOption(option)
}

/** The patch from the given options; other fields are absent. */
export function readPersonFlags(given: GivenOptions): PersonPatch {
  return Object.fromEntries(
    PERSON_FIELD_NAMES.map((field) => [field, PERSON_FLAGS[field].read(given, undefined)]).filter(
      ([, value]) => value !== undefined,
    ),
  ) as PersonPatch
}

export function role(text: string): Role {
  const found = ROLES.find((one) => one === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError('Roles are admin, member and guest.')
}

function state(text: string): Person['state'] {
  const found = PERSON_STATES.find((one) => one === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`States are ${PERSON_STATES.join(', ')}.`)
}
