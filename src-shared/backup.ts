import { z } from 'zod'
import { originRecordSchema } from './origin.ts'
import { settingsSchema } from './settings.ts'
import { storedKeySchema } from './stored.ts'

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

/** What an import brought in. A key that is there already stays as it is. */
export const importedSchema = z.object({
  keys: z.number().int(),
  keysAlreadyHere: z.number().int(),
  origins: z.number().int(),
})
export type Imported = z.infer<typeof importedSchema>
