import { z } from 'zod'

/** Why looking for an update or loading it did not work. The texts have a sentence for each that says what to do. */
const updateFailureSchema = z.enum([
  /** No answer, or a connection that broke. */
  'unreachable',
  /** An answer that is no list of updates, or that leads elsewhere. */
  'wrong_answer',
  /** A file that is not the one the list names. */
  'damaged',
  /** A file that could not be written. */
  'not_saved',
])
export type UpdateFailure = z.infer<typeof updateFailureSchema>

/** By what a package is replaced: by Latchkey, or by the person as it was put there. */
const replacedBySchema = z.enum(['itself', 'portable', 'package'])
export type ReplacedBy = z.infer<typeof replacedBySchema>

const newerSchema = z.object({
  version: z.string(),
  /** What is new in it, as plain text; null where its makers wrote nothing. */
  notes: z.string().nullable(),
})
export type NewerVersion = z.infer<typeof newerSchema>

/** What is known of updates. */
export const updateStateSchema = z.discriminatedUnion('status', [
  /** Nothing is asked of anybody: this package names no feed, or it is not the desktop app. */
  z.object({ status: z.literal('off') }),
  /** Not looked yet, or in vain. */
  z.object({ status: z.literal('unknown'), failure: updateFailureSchema.nullable() }),
  z.object({ status: z.literal('looking') }),
  z.object({ status: z.literal('current') }),
  /** There is a newer version, of which nothing has been loaded. `failure`: of the last attempt to load it. */
  z.object({
    status: z.literal('available'),
    newer: newerSchema,
    replacedBy: replacedBySchema,
    failure: updateFailureSchema.nullable(),
  }),
  /** `percent` is null while the size is not known. */
  z.object({ status: z.literal('loading'), newer: newerSchema, percent: z.number().nullable() }),
  /** Loaded and checked; a restart puts it in place. `failed`: the last attempt to do that. */
  z.object({ status: z.literal('ready'), newer: newerSchema, failed: z.boolean() }),
])
export type UpdateState = z.infer<typeof updateStateSchema>
