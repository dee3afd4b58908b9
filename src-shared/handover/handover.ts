import { z } from 'zod'
import { handoverAppSchema } from './apps.ts'

/** Stands for the key when a change is shown before it is made. */
export const MASKED_KEY = 'sk-lk-…'

const model = z.string().trim().min(1).max(300)

/** The models for the app, most wanted first. Absent: the upstream's models. */
const models = z.array(model).min(1).max(200).optional()

/** One line of a change. The key and probable secrets of the person are masked. */
const diffLineSchema = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })

/** Changed lines with three lines of context. Line numbers begin at 1; a part without lines begins at 0. */
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
  /** Folders to create for the file, outermost first. */
  folders: z.array(z.string()),
  /**
   * True if the file will contain the key and its mode lets other users of the computer read it. Latchkey keeps the
   * mode.
   */
  othersCanRead: z.boolean(),
  hunks: z.array(hunkSchema),
})
export type PlannedFile = z.infer<typeof plannedFileSchema>

export const planRequestSchema = z.strictObject({ app: handoverAppSchema, models })
export type PlanRequest = z.infer<typeof planRequestSchema>

/** The planned changes. */
export const handoverPlanSchema = z.object({
  app: handoverAppSchema,
  /** The gateway's address as the app gets it, without the key. */
  address: z.string(),
  /** The models that the files name. */
  models: z.array(z.string()),
  files: z.array(plannedFileSchema),
  /** Identifies the plan that was shown. If the files have changed since, the writing is refused. */
  seen: z.string(),
})
export type HandoverPlan = z.infer<typeof handoverPlanSchema>

export const applyRequestSchema = z.strictObject({
  app: handoverAppSchema,
  models,
  /** The `seen` value of the plan that the person saw. */
  seen: z.string().max(100),
  /**
   * A key that the page has just created and whose secret it has. Absent: the core creates a key, whose secret is not
   * shown.
   */
  key: z.strictObject({ id: z.string().max(100), secret: z.string().max(100) }).optional(),
})
export type ApplyRequest = z.infer<typeof applyRequestSchema>

export const undoRequestSchema = z.strictObject({
  app: handoverAppSchema,
  /** What to do with the key in the file. */
  key: z.enum(['delete', 'keep']),
})
export type UndoRequest = z.infer<typeof undoRequestSchema>

const touchedFileSchema = z.object({
  path: z.string(),
  /** The copy of the earlier file, in Latchkey's data folder; null if the file did not exist. */
  backup: z.string().nullable(),
})

/**
 * `none`: Latchkey has written nothing. `connected`: the files are as Latchkey wrote them. `changed`: something else has
 * changed or removed one since. `partial`: writing was interrupted; undoing cleans up.
 */
export const handoverStateSchema = z.object({
  app: handoverAppSchema,
  name: z.string(),
  /** True if the app's folder or program is on the computer where Latchkey runs. */
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
  /** True if the key was created for this hand-over, false if it was given. */
  made: z.boolean(),
  /** True if the key was given and is now accepted in addresses, because the app has no other place for it. */
  allowedInUrl: z.boolean(),
  /** The earlier key in the files, which is deleted now. */
  replaced: namedKeySchema.nullable(),
})
export type Applied = z.infer<typeof appliedSchema>

export const undoneSchema = z.object({
  state: handoverStateSchema,
  /** The key that was in the files. */
  key: namedKeySchema,
  /** True if the key was deleted too. */
  deleted: z.boolean(),
})
export type Undone = z.infer<typeof undoneSchema>
