import type { Exchange } from '#shared/exchange.ts'
import { REFUSALS, type RefusalCode } from '#shared/refusals.ts'
import { text } from '../text/text.ts'

/** How an exchange ended, in a few words. */
export function resultOf(exchange: Exchange): string {
  return refusalText(exchange.reason)?.[0] ?? text.words.outcomes[exchange.outcome]
}

/** Why an exchange did not come through, in one sentence. */
export function sentenceOfTrouble(exchange: Exchange): string {
  return refusalText(exchange.reason)?.[1] ?? text.words.outcomes[exchange.outcome]
}

function refusalText(reason: string | null) {
  return reason !== null && isRefusalCode(reason) ? text.words.refusals[reason] : undefined
}

function isRefusalCode(reason: string): reason is RefusalCode {
  return Object.hasOwn(REFUSALS, reason)
}
