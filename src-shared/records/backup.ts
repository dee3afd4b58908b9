import { z } from 'zod'
import { keySchema } from '../keys/key.ts'
import { HASH_SHAPE, KEY_ID_SHAPE, PREFIX_SHAPE, storedKeySchema } from '../keys/stored.ts'
import { originRecordSchema } from '../origins/origin.ts'
import { settingsSchema } from '../settings/settings.ts'
import { RECORDED_TEXTS } from './recorded-text.ts'

/** ms UTC that a Date can hold. */
const moment = z.number().int().min(0).max(8_640_000_000_000_000)

/** A copy of the whole data file: keys, sites, usage and the audit trail. */
export const backupSchema = z.object({
  /** Name of its file, such as `2026-08-14T12-34-56-000Z.daily.db`. */
  name: z.string(),
  /** ms UTC. */
  time: z.number().int(),
  bytes: z.number().int(),
  /** Made by itself each day, because somebody asked, or kept when a restore replaced it. The last 7 of each stay. */
  kind: z.enum(['daily', 'asked', 'replaced']),
})
export type Backup = z.infer<typeof backupSchema>

/** What a restore did. */
export const restoredSchema = z.object({
  done: z.literal(true),
  /** Name of the backup that the replaced file now is: restoring it undoes this. null when no file was there. */
  replaced: z.string().nullable(),
})
export type Restored = z.infer<typeof restoredSchema>

/** The file that moves a setup to another computer: secrets keep working, and are not in it (their hashes are). */
export const setupSchema = z.object({
  format: z.literal('latchkey-setup'),
  version: z.literal(1),
  /** ms UTC. */
  exportedAt: z.number().int(),
  settings: settingsSchema,
  keys: z.array(storedKeySchema),
  origins: z.array(originRecordSchema),
})
export type Setup = z.infer<typeof setupSchema>

/** Tells such a file from any other. What is in it is judged by the core, which says what is not right. */
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

const arrivingKeySchema = z.strictObject({
  key: z
    .strictObject(keySchema.shape)
    .extend({ id: z.string().regex(KEY_ID_SHAPE), prefix: z.string().regex(PREFIX_SHAPE), createdAt: moment })
    .extend({ lastUsedAt: moment.nullable(), expiresAt: moment.nullable(), graceUntil: moment.nullable() }),
  /** The current one and those that were rotated out. */
  secrets: z.array(arrivingSecretSchema).max(100),
  deletedAt: moment.nullable().refine((time) => time === null),
})

const arrivingOriginSchema = z
  .strictObject(originRecordSchema.shape)
  .extend({ origin: z.string().max(RECORDED_TEXTS.origin.origin.most) })
  .extend({ label: z.string().trim().min(1).max(RECORDED_TEXTS.origin.label.most).nullable() })
  .extend({ firstSeenAt: moment, lastSeenAt: moment, requests: count, refused: count })

/**
 * The same file as it arrives: everybody can write one. Bounded like what a person makes; and a field that is not known
 * here is refused, because it may be a limit that would be lost.
 */
export const setupFileSchema = z.strictObject({
  ...setupSchema.shape,
  exportedAt: moment,
  settings: z.strictObject(settingsSchema.shape),
  keys: z.array(arrivingKeySchema).max(10_000),
  origins: z.array(arrivingOriginSchema).max(50_000),
})

/** What an import brought in. A key that is there already stays as it is. */
export const importedSchema = z.object({
  keys: z.number().int(),
  keysAlreadyHere: z.number().int(),
  origins: z.number().int(),
})
export type Imported = z.infer<typeof importedSchema>
