import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { problemSchema } from '../text/problem.ts'

/** The state of the upstream's own key. Never contains the key. */
export const upstreamCredentialStatusSchema = z.object({
  /** `environment`: the variable LATCHKEY_UPSTREAM_KEY. `vault`: set in Latchkey. */
  source: z.enum(['none', 'environment', 'vault']),
  /** Why the key cannot be read, or why its storage is less safe than possible. */
  problem: problemSchema.nullable(),
})
export type UpstreamCredentialStatus = z.infer<typeof upstreamCredentialStatusSchema>

// RFC 6750 section 2.1. The characters of RFC 7617 are a subset.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const VISIBLE = /^[\x21-\x7e]+$/
const SCHEME = /^(basic|bearer) +(.+)$/i

/** The value after the scheme in Authorization. `isEncoded` is false for a `user:password` that still needs base64. */
export interface Credential {
  readonly scheme: 'Basic' | 'Bearer'
  readonly value: string
  readonly isEncoded: boolean
}

/**
 * Parses the upstream's key as a person enters it. A key is sent as `Bearer`, `user:password` as `Basic` (RFC 7617); a
 * leading scheme is kept. Returns null for anything else, including text that could end the header line.
 */
export function parseCredential(credential: string): Credential | null {
  const text = credential.trim()
  if (hasControls(text)) return null
  const [, written = '', value = text] = SCHEME.exec(text) ?? []
  const scheme = written.toLowerCase()
  if (scheme === 'bearer') return VISIBLE.test(value) ? { scheme: 'Bearer', value, isEncoded: true } : null
  if (value.includes(':')) return { scheme: 'Basic', value, isEncoded: false }
  return TOKEN.test(value) ? { scheme: scheme === '' ? 'Bearer' : 'Basic', value, isEncoded: true } : null
}

function hasControls(text: string): boolean {
  return Array.from(text).some((letter) => letter < ' ' || letter === '\x7f')
}

/** null removes the key. */
export const upstreamCredentialSchema = z.strictObject({
  credential: z
    .string()
    .trim()
    .max(4096)
    .refine((text) => parseCredential(text) !== null, INPUT_SENTENCES.upstream_key_wrong)
    .nullable(),
})
