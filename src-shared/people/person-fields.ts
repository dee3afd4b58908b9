import { z } from 'zod'
import { KEY_FIELDS, type KeyField } from '../keys/key-fields.ts'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { openHoursSchema } from './open-hours.ts'
import { roleSchema } from './role.ts'

/** Only keys of an active person work. */
export const PERSON_STATES = ['active', 'pending', 'paused'] as const
export const personStateSchema = z.enum(PERSON_STATES)

/** 128 x 128 pixels need less. Other types, such as SVG, could contain scripts. */
const pictureSchema = z
  .string()
  .max(40_000)
  .regex(/^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/)

/**
 * The fields of a person, one row each, as `KEY_FIELDS` for a key. The limits and lists apply to all keys of the person
 * together, and a key never allows more than its person.
 */
export const PERSON_FIELDS = {
  name: {
    schema: z.string().trim().min(1, INPUT_SENTENCES.person_name_missing).max(80, INPUT_SENTENCES.key_name_too_long),
    kind: 'text',
    restricts: null,
  },
  email: { schema: z.email().max(254).nullable(), initial: null, kind: 'text', restricts: null },
  /** A small picture, such as a face, as a data URL. */
  picture: { schema: pictureSchema.nullable(), initial: null, kind: 'text', restricts: null },
  role: { schema: roleSchema, initial: 'member', kind: 'text', restricts: null },
  state: { schema: personStateSchema, initial: 'active', kind: 'text', restricts: 'state' },
  models: KEY_FIELDS.models,
  origins: KEY_FIELDS.origins,
  /** False: no key of the person may go online. True: each key decides. */
  online: { ...KEY_FIELDS.online, initial: true },
  /** Parts of the day in which the keys work. null: always. */
  hours: { schema: z.array(openHoursSchema).min(1).max(10).nullable(), initial: null, kind: 'list', restricts: null },
  requestsPerMinute: KEY_FIELDS.requestsPerMinute,
  tokensPerDay: KEY_FIELDS.tokensPerDay,
  concurrency: KEY_FIELDS.concurrency,
} as const satisfies Record<string, KeyField | StateField>

/** Every state but `active` takes away all rights. */
interface StateField extends Omit<KeyField, 'restricts'> {
  readonly restricts: 'state'
}

export type PersonFieldName = keyof typeof PERSON_FIELDS
export const PERSON_FIELD_NAMES = Object.keys(PERSON_FIELDS) as PersonFieldName[]

type Fields = typeof PERSON_FIELDS
type Shape = { [F in PersonFieldName]: Fields[F]['schema'] }
type NewPersonShape = {
  [F in Exclude<PersonFieldName, 'state'>]: Fields[F] extends { initial: unknown }
    ? z.ZodDefault<Fields[F]['schema']>
    : Fields[F]['schema']
}

/** The schema of each field, as a zod shape. */
export const personFieldShape = Object.fromEntries(
  PERSON_FIELD_NAMES.map((name) => [name, PERSON_FIELDS[name].schema]),
) as unknown as Shape

/** The shape for a new person: fields have the defaults of the table, and `state` is left out. */
export const newPersonShape = Object.fromEntries(
  PERSON_FIELD_NAMES.filter((name) => name !== 'state').map((name) => [name, withInitial(PERSON_FIELDS[name])]),
) as unknown as NewPersonShape

function withInitial({ schema, initial }: { schema: z.ZodType; initial?: unknown }): z.ZodType {
  return initial === undefined ? schema : schema.default(initial)
}
