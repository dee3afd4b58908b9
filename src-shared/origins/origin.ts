import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

export const ORIGIN_STATUSES = ['allowed', 'blocked', 'pending'] as const
export const originStatusSchema = z.enum(ORIGIN_STATUSES)
export type OriginStatus = z.infer<typeof originStatusSchema>

/** The record of a site or extension that sent a request. */
export const originRecordSchema = z.object({
  /** As the browser sends it: `https://example.org`, `chrome-extension://id`, or `null`. */
  origin: z.string(),
  status: originStatusSchema,
  /** `person`: a person decided. `key`: the site used a valid key. */
  decidedBy: z.enum(['person', 'key']).nullable(),
  /** The name in the UI: set by the person, or of a well-known extension. */
  label: z.string().nullable(),
  firstSeenAt: z.number().int(),
  lastSeenAt: z.number().int(),
  requests: z.number().int(),
  refused: z.number().int(),
})
export type OriginRecord = z.infer<typeof originRecordSchema>

/**
 * True if an origin is a browser extension. With host permission its GETs have no Origin header in Chromium and Firefox
 * (docs/browsers.md), so a block stops what the extension sends but not what it reads.
 */
export function isExtension(origin: string): boolean {
  return /^[a-z-]+-extension:\/\//.test(origin)
}

/**
 * True if the browser gives the extension a new id at each installation (Firefox, Safari), so the origin does not
 * identify the extension.
 */
export function hasPassingId(origin: string): boolean {
  return /^(?:moz|safari-web)-extension:\/\//.test(origin)
}

/** The rule for origins without a decision. */
export const unknownOriginsSchema = z.enum(['key', 'ask', 'block'])
export type UnknownOrigins = z.infer<typeof unknownOriginsSchema>

// RFC 6454 section 6.2: scheme "://" host [":" port], or "null". Extensions have a scheme of their own.
const SHAPE = /^(?:null|[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])?(?::[0-9]{1,5})?)$/
const MAX_LENGTH = 300

/** The origin in canonical form; undefined if the text is not an origin. */
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
