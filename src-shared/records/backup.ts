import { z } from 'zod'
import { keySchema } from '../keys/key.ts'
import { HASH_SHAPE, KEY_ID_SHAPE, PREFIX_SHAPE, storedKeySchema } from '../keys/stored.ts'
import { originRecordSchema } from '../origins/origin.ts'
import { personSchema } from '../people/person.ts'
import { OWNER_ID, personIdSchema } from '../people/person-id.ts'
import { settingsSchema } from '../settings/settings.ts'
import { RECORDED_TEXTS } from './recorded-text.ts'

/** ms UTC, within the range of Date. */
const moment = z.number().int().min(0).max(8_640_000_000_000_000)

/** A copy of the whole data file: persons, keys, sites, usage and the audit trail. */
export const backupSchema = z.object({
  /** Name of its file, such as `2026-08-14T12-34-56-000Z.daily.db`. */
  name: z.string(),
  /** ms UTC. */
  time: z.number().int(),
  bytes: z.number().int(),
  /**
   * `daily`: automatic. `asked`: requested by a person. `replaced`: the file that a restore replaced. The last 7 of
   * each kind are kept.
   */
  kind: z.enum(['daily', 'asked', 'replaced']),
})
export type Backup = z.infer<typeof backupSchema>

/** The result of a restore. */
export const restoredSchema = z.object({
  done: z.literal(true),
  /** Name of the backup with the replaced file, which can undo the restore. null if no file existed. */
  replaced: z.string().nullable(),
})
export type Restored = z.infer<typeof restoredSchema>

/**
 * The file for moving a setup to another computer. It has the hashes of secrets, so the secrets keep working without
 * being in the file.
 */
export const setupSchema = z.object({
  format: z.literal('latchkey-setup'),
  /** Version 1 had no persons: the text `owner` of a key named its person. */
  version: z.literal(2),
  /** ms UTC. */
  exportedAt: z.number().int(),
  settings: settingsSchema,
  persons: z.array(personSchema),
  keys: z.array(storedKeySchema),
  origins: z.array(originRecordSchema),
})
export type Setup = z.infer<typeof setupSchema>

/**
 * Returns the content as a setup if it looks like one, else undefined. The core validates the fields and reports
 * errors.
 */
export function asSetup(content: unknown): Setup | undefined {
  return headSchema.safeParse(content).success ? (content as Setup) : undefined
}

const headSchema = z.looseObject({
  format: z.literal('latchkey-setup'),
  exportedAt: moment,
  keys: z.array(z.unknown()),
  origins: z.array(z.unknown()),
})

const count = z.number().int().nonnegative()

const arrivingSecretSchema = z.strictObject({
  hash: z.string().regex(HASH_SHAPE),
  prefix: z.string().regex(PREFIX_SHAPE),
  expiresAt: moment.nullable(),
})

/** `person` becomes the id or the name of the key's person, who may not exist yet. */
const arrivingKeySchema = z.strictObject({
  key: z
    .strictObject(keySchema.shape)
    .extend({ person: personIdSchema.optional(), owner: z.string().trim().min(1).max(80).nullable().optional() })
    .extend({ id: z.string().regex(KEY_ID_SHAPE), prefix: z.string().regex(PREFIX_SHAPE), createdAt: moment })
    .extend({ lastUsedAt: moment.nullable(), expiresAt: moment.nullable(), graceUntil: moment.nullable() })
    .refine(({ person, owner }) => person === undefined || owner == null)
    .transform(({ person, owner, ...key }) => ({ ...key, person: person ?? owner ?? OWNER_ID })),
  /** The current secret and rotated-out ones. */
  secrets: z.array(arrivingSecretSchema).max(100),
  deletedAt: moment.nullable().refine((time) => time === null),
})

const arrivingOriginSchema = z
  .strictObject(originRecordSchema.shape)
  .extend({ origin: z.string().max(RECORDED_TEXTS.origin.origin.most) })
  .extend({ label: z.string().trim().min(1).max(RECORDED_TEXTS.origin.label.most).nullable() })
  .extend({ firstSeenAt: moment, lastSeenAt: moment, requests: count, refused: count })

/**
 * The same file on import, with the limits that apply to a person's input, because anybody can write such a file.
 * Unknown fields are refused: one of them could be a limit that would be lost.
 */
export const setupFileSchema = z.strictObject({
  ...setupSchema.shape,
  version: z.union([z.literal(1), z.literal(2)]),
  exportedAt: moment,
  settings: z.strictObject(settingsSchema.shape),
  persons: z
    .array(z.strictObject(personSchema.shape).extend({ createdAt: moment }))
    .max(1000)
    .default([]),
  keys: z.array(arrivingKeySchema).max(10_000),
  origins: z.array(arrivingOriginSchema).max(50_000),
})

export type ArrivingSetup = z.output<typeof setupFileSchema>

/** The result of an import. Existing keys are not changed. */
export const importedSchema = z.object({
  /** New persons. */
  persons: z.number().int(),
  keys: z.number().int(),
  keysAlreadyHere: z.number().int(),
  origins: z.number().int(),
})
export type Imported = z.infer<typeof importedSchema>
