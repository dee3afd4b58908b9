import { z } from 'zod'
import { INPUT_SENTENCES } from './input-sentence.ts'
import { problemSchema } from './problem.ts'

/** What may be known of the upstream's own key: never the key. */
export const upstreamCredentialStatusSchema = z.object({
  /** Where it comes from: the variable LATCHKEY_UPSTREAM_KEY, or what the person set here. */
  source: z.enum(['none', 'environment', 'vault']),
  /** Why it cannot be read, or is kept less safely than it could be. */
  problem: problemSchema.nullable(),
})
export type UpstreamCredentialStatus = z.infer<typeof upstreamCredentialStatusSchema>

/** RFC 6750 section 2.1: what may stand after `Bearer`. Anything else could end the header line. null takes it away. */
export const upstreamCredentialSchema = z.strictObject({
  credential: z
    .string()
    .trim()
    .max(4096)
    .regex(/^[A-Za-z0-9._~+/-]+=*$/, INPUT_SENTENCES.upstream_key_wrong)
    .nullable(),
})
