import { z } from 'zod'

/** Why a check for an update or a download failed. The texts have a sentence with the remedy for each. */
const updateFailureSchema = z.enum([
  /** No answer, or a broken connection. */
  'unreachable',
  /** The answer is not a list of updates, or redirects elsewhere. */
  'wrong_answer',
  /** The file differs from the one in the list. */
  'damaged',
  /** The file could not be written. */
  'not_saved',
])
export type UpdateFailure = z.infer<typeof updateFailureSchema>

/** Who installs an update: Latchkey, or the person in the same way as the first installation. */
const replacedBySchema = z.enum(['itself', 'portable', 'package'])
export type ReplacedBy = z.infer<typeof replacedBySchema>

const newerSchema = z.object({
  version: z.string(),
  /** The release notes as plain text; null if there are none. */
  notes: z.string().nullable(),
})
export type NewerVersion = z.infer<typeof newerSchema>

/** The state of updates. */
export const updateStateSchema = z.discriminatedUnion('status', [
  /** Latchkey does not check: this package has no update feed, or it is not the desktop app. */
  z.object({ status: z.literal('off') }),
  /** Not checked yet, or the check failed. */
  z.object({ status: z.literal('unknown'), failure: updateFailureSchema.nullable() }),
  z.object({ status: z.literal('looking') }),
  z.object({ status: z.literal('current') }),
  /** A newer version exists and is not downloaded. `failure` is that of the last download. */
  z.object({
    status: z.literal('available'),
    newer: newerSchema,
    replacedBy: replacedBySchema,
    failure: updateFailureSchema.nullable(),
  }),
  /** `percent` is null while the size is unknown. */
  z.object({ status: z.literal('loading'), newer: newerSchema, percent: z.number().nullable() }),
  /** Downloaded and verified; a restart installs it. `failed` is true if the last installation failed. */
  z.object({ status: z.literal('ready'), newer: newerSchema, failed: z.boolean() }),
])
export type UpdateState = z.infer<typeof updateStateSchema>
