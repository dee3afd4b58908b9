import { REFUSALS, type RefusalRow, type Remedy } from './refusal-table.ts'

export type RefusalCode = keyof typeof REFUSALS

/** What can be wrong with the upstream itself, so that every exchange fails likewise. */
export type UpstreamFault = Extract<RefusalCode, `upstream_${string}`>

export function isUpstreamFault(reason: string | null): reason is UpstreamFault {
  return isRefusalCode(reason) && reason.startsWith('upstream_')
}

/** What may be named in a sentence. Never a secret, never a piece of a body. */
export interface RefusalDetails {
  detail?: string
  port?: number
  upstream?: string
}

/** The method is that of the refused request, where one is known. */
export function statusOf(code: RefusalCode, method = 'GET'): number {
  const { status, writeStatus = status }: RefusalRow = REFUSALS[code]
  return method === 'GET' || method === 'HEAD' ? status : writeStatus
}

/** Whether a refusal stays until somebody changes something. */
export function lasts(code: RefusalCode): boolean {
  return REFUSALS[code].mends === 'change'
}

/** The sentence for the person, with its gaps filled. */
export function sentenceOf(code: RefusalCode, details: RefusalDetails = {}): string {
  return REFUSALS[code].sentence.replace(/\{(\w+)\}/g, (_, gap: keyof RefusalDetails) => String(details[gap] ?? ''))
}

/** Whether a text, such as the reason in a record or the header `Latchkey-Refusal`, is the code of a refusal. */
export function isRefusalCode(text: string | null | undefined): text is RefusalCode {
  return typeof text === 'string' && Object.hasOwn(REFUSALS, text)
}

/** What the console offers for a recorded reason; null for none, and for a reason that is no refusal. */
export function remedyOf(reason: string | null): Remedy | null {
  return isRefusalCode(reason) ? REFUSALS[reason].remedy : null
}
