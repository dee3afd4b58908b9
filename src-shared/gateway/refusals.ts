import { REFUSALS, type RefusalRow, type Remedy } from './refusal-table.ts'

export type RefusalCode = keyof typeof REFUSALS

/** Faults of the upstream itself: every exchange fails with the same code until the upstream is fixed. */
export type UpstreamFault = Extract<RefusalCode, `upstream_${string}`>

export function isUpstreamFault(reason: string | null): reason is UpstreamFault {
  return isRefusalCode(reason) && reason.startsWith('upstream_')
}

/** Values for the `{name}` parts of a sentence. Never a secret or a piece of a body. */
export interface RefusalDetails {
  detail?: string
  port?: number
  upstream?: string
}

/** The HTTP status of a refusal. `method` is the method of the refused request, if known. */
export function statusOf(code: RefusalCode, method = 'GET'): number {
  const { status, writeStatus = status }: RefusalRow = REFUSALS[code]
  return method === 'GET' || method === 'HEAD' ? status : writeStatus
}

/** True if the refusal repeats until somebody changes something, so a retry cannot help. */
export function isLasting(code: RefusalCode): boolean {
  return REFUSALS[code].mends === 'change'
}

/** The English sentence for the person, with its `{name}` parts filled. */
export function sentenceOf(code: RefusalCode, details: RefusalDetails = {}): string {
  return REFUSALS[code].sentence.replace(/\{(\w+)\}/g, (_, gap: keyof RefusalDetails) => String(details[gap] ?? ''))
}

/** True if a text is a refusal code. The text can be the reason in a record or the header `Latchkey-Refusal`. */
export function isRefusalCode(text: string | null | undefined): text is RefusalCode {
  return typeof text === 'string' && Object.hasOwn(REFUSALS, text)
}

/**
 * The remedy that the console offers for a recorded reason. null if there is none or the reason is not a refusal code.
 */
export function remedyOf(reason: string | null): Remedy | null {
  return isRefusalCode(reason) ? REFUSALS[reason].remedy : null
}
