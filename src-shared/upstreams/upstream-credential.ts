import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'
import { problemSchema } from '../text/problem.ts'

/** What may be known of the upstream's own key: never the key. */
export const upstreamCredentialStatusSchema = z.object({
  /** Where it comes from: the variable LATCHKEY_UPSTREAM_KEY, or what the person set here. */
  source: z.enum(['none', 'environment', 'vault']),
  /** Why it cannot be read, or is kept less safely than it could be. */
  problem: problemSchema.nullable(),
})
export type UpstreamCredentialStatus = z.infer<typeof upstreamCredentialStatusSchema>

// RFC 6750 section 2.1, and RFC 7617 needs fewer.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const VISIBLE = /^[\x21-\x7e]+$/
const SCHEME = /^(basic|bearer) +(.+)$/i

/** What follows the scheme in Authorization; `isEncoded` is false for a `user:password` that has yet to be put into base64. */
export interface Credential {
  readonly scheme: 'Basic' | 'Bearer'
  readonly value: string
  readonly isEncoded: boolean
}

/**
 * Reads what a person gives as the upstream's key: a key goes as `Bearer`, `user:password` as `Basic` (RFC 7617), and a scheme that is
 * written in front of either is kept. null for anything that is no such thing, or could end the header line.
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

/** What may be set; null takes it away. */
export const upstreamCredentialSchema = z.strictObject({
  credential: z
    .string()
    .trim()
    .max(4096)
    .refine((text) => parseCredential(text) !== null, INPUT_SENTENCES.upstream_key_wrong)
    .nullable(),
})
