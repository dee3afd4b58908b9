import type { Exchange } from './exchange.ts'
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
 * True if a recorded exchange asked for an address that does not exist. A key without `all` is refused there for its
 * scope, but a wider scope would only bring another error.
 */
export function isWrongAddress({ reason, routeClass }: Pick<Exchange, 'reason' | 'routeClass'>): boolean {
  return reason === 'wrong_address' || (reason === 'scope_missing' && routeClass === 'unknown')
}

/** The remedy that the console offers for a recorded exchange. null if there is none or nothing was refused. */
export function remedyOf(exchange: Pick<Exchange, 'reason' | 'routeClass'> | null): Remedy | null {
  if (exchange === null || !isRefusalCode(exchange.reason)) return null
  return REFUSALS[isWrongAddress(exchange) ? 'wrong_address' : exchange.reason].remedy
}
