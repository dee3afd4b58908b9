import { z } from 'zod'
import { handoverAppSchema } from './apps.ts'

/** Stands for the key wherever a change is shown before it is made. */
export const MASKED_KEY = 'sk-lk-…'

const model = z.string().trim().min(1).max(300)

/** Which models the app is to use, most wanted first. Absent: those that the upstream has. */
const models = z.array(model).min(1).max(200).optional()

/** One line of a change. The key, and what looks like a secret of the person's own, are masked. */
const diffLineSchema = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })

/** Lines that change, with three around them. Line numbers begin at 1; a part without lines begins at 0. */
const hunkSchema = z.object({
  oldStart: z.number().int(),
  oldLines: z.number().int(),
  newStart: z.number().int(),
  newLines: z.number().int(),
  lines: z.array(diffLineSchema),
})
export type Hunk = z.infer<typeof hunkSchema>

export const plannedFileSchema = z.object({
  /** The absolute path, on the computer where Latchkey runs. */
  path: z.string(),
  /** `created`: the file does not exist yet. `same`: it has everything already. */
  change: z.enum(['created', 'changed', 'same']),
  /** Folders that are created for it, outermost first. */
  folders: z.array(z.string()),
  /** True if the key goes into it and its mode lets other users of the computer read it. Latchkey keeps the mode. */
  othersCanRead: z.boolean(),
  hunks: z.array(hunkSchema),
})
export type PlannedFile = z.infer<typeof plannedFileSchema>

export const planRequestSchema = z.strictObject({ app: handoverAppSchema, models })
export type PlanRequest = z.infer<typeof planRequestSchema>

/** What will change, before it does. */
export const handoverPlanSchema = z.object({
  app: handoverAppSchema,
  /** The gateway's address as the app gets it, without the key. */
  address: z.string(),
  /** The models that the files name. */
  models: z.array(z.string()),
  files: z.array(plannedFileSchema),
  /** Identifies what was shown: writing is refused if something else would be written now. */
  seen: z.string(),
})
export type HandoverPlan = z.infer<typeof handoverPlanSchema>

export const applyRequestSchema = z.strictObject({
  app: handoverAppSchema,
  models,
  /** Of the plan that the person saw. */
  seen: z.string().max(100),
  /** A key made a moment ago, for a page that has its secret. Absent: the core makes one and nobody sees it. */
  key: z.strictObject({ id: z.string().max(100), secret: z.string().max(100) }).optional(),
})
export type ApplyRequest = z.infer<typeof applyRequestSchema>

export const undoRequestSchema = z.strictObject({
  app: handoverAppSchema,
  /** What becomes of the key in the file. */
  key: z.enum(['delete', 'keep']),
})
export type UndoRequest = z.infer<typeof undoRequestSchema>

const touchedFileSchema = z.object({
  path: z.string(),
  /** The copy of what was there before, in Latchkey's data folder; null if there was no file. */
  backup: z.string().nullable(),
})

/**
 * `none`: Latchkey has written nothing. `connected`: the files are as Latchkey wrote them. `changed`: something else has
 * changed or removed one since. `partial`: writing was interrupted; undoing cleans up.
 */
export const handoverStateSchema = z.object({
  app: handoverAppSchema,
  name: z.string(),
  /** Whether the app's folder or program is on the computer where Latchkey runs. */
  found: z.boolean(),
  /** The files that Latchkey has written, or would write. */
  files: z.array(touchedFileSchema),
  state: z.enum(['none', 'connected', 'changed', 'partial']),
  /** When the files were written, ms UTC; null for `none`. */
  connectedAt: z.number().int().nullable(),
  /** The key in the files; null for `none`. */
  keyId: z.string().nullable(),
})
export type HandoverState = z.infer<typeof handoverStateSchema>

const namedKeySchema = z.object({ id: z.string(), name: z.string() })
export type NamedKey = z.infer<typeof namedKeySchema>

export const appliedSchema = z.object({
  state: handoverStateSchema,
  /** The key in the files. */
  key: namedKeySchema,
  /** Whether it was made for this, and not given. */
  made: z.boolean(),
  /** Whether it was given and is accepted in addresses from now on, because the app has no other place for it. */
  allowedInUrl: z.boolean(),
  /** The key that was in the files before, which is deleted now. */
  replaced: namedKeySchema.nullable(),
})
export type Applied = z.infer<typeof appliedSchema>

export const undoneSchema = z.object({
  state: handoverStateSchema,
  /** The key that was in the files. */
  key: namedKeySchema,
  /** Whether it was deleted too. */
  deleted: z.boolean(),
})
export type Undone = z.infer<typeof undoneSchema>
