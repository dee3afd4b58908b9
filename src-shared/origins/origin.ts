import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

export const ORIGIN_STATUSES = ['allowed', 'blocked', 'pending'] as const
export const originStatusSchema = z.enum(ORIGIN_STATUSES)
export type OriginStatus = z.infer<typeof originStatusSchema>

/** A site or extension that has called, as remembered. */
export const originRecordSchema = z.object({
  /** As the browser sends it: `https://example.org`, `chrome-extension://id`, or `null`. */
  origin: z.string(),
  status: originStatusSchema,
  /** Whether a person decided, or a valid key was enough. */
  decidedBy: z.enum(['person', 'key']).nullable(),
  /** A name for the UI: the person's own, else that of a well-known extension. */
  label: z.string().nullable(),
  firstSeenAt: z.number().int(),
  lastSeenAt: z.number().int(),
  requests: z.number().int(),
  refused: z.number().int(),
})
export type OriginRecord = z.infer<typeof originRecordSchema>

/**
 * A browser extension's. With host permission its GETs carry no Origin in Chromium and Firefox (docs/browsers.md), so that
 * blocking it stops what it sends, not what it reads.
 */
export function isExtension(origin: string): boolean {
  return /^[a-z-]+-extension:\/\//.test(origin)
}

/** Firefox and Safari give an extension a new id each time it is installed, so that its origin tells nothing about which it is. */
export function hasPassingId(origin: string): boolean {
  return /^(?:moz|safari-web)-extension:\/\//.test(origin)
}

/** What an origin that nobody has decided about may do. */
export const unknownOriginsSchema = z.enum(['key', 'ask', 'block'])
export type UnknownOrigins = z.infer<typeof unknownOriginsSchema>

// RFC 6454 section 6.2: scheme "://" host [":" port], or "null". Extensions have a scheme of their own.
const SHAPE = /^(?:null|[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])?(?::[0-9]{1,5})?)$/
const MAX_LENGTH = 300

/** The origin in its one spelling, or undefined when the text is not an origin at all. */
export function parseOrigin(text: string): string | undefined {
  const lower = text
    .trim()
    .toLowerCase()
    .replace(/([^/])\/$/, '$1')
  return lower.length <= MAX_LENGTH && SHAPE.test(lower) ? lower : undefined
}

export const originInputSchema = z.string().transform((text, context) => {
  const origin = parseOrigin(text)
  if (origin !== undefined) return origin
  context.addIssue({
    code: 'custom',
    message: INPUT_SENTENCES.origin_wrong,
  })
  return z.NEVER
})
