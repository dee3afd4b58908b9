import type { Exchange } from '#shared/gateway/exchange.ts'
import { isRefusalCode, isWrongAddress } from '#shared/gateway/refusals.ts'
import { locale, problems, text } from '../../text/text.ts'

/** How an exchange ended, in a few words. */
export function resultOf(exchange: Exchange): string {
  return refusalText(exchange.reason)?.short ?? text.words.outcomes[exchange.outcome]
}

/** Why an exchange did not come through, in one sentence. */
export function sentenceOfTrouble(exchange: Exchange): string {
  const reason = isWrongAddress(exchange) ? 'wrong_address' : exchange.reason
  return refusalText(reason)?.sentence ?? text.words.outcomes[exchange.outcome]
}

/**
 * The error that an app got, in the person's language where the gateway's header names a refusal; what the upstream says
 * as it came. English keeps the gateway's own sentence, which has the details.
 */
export function answeredSentence(sentence: string, refusal: string | undefined): string {
  return problems === null ? sentence : (refusalText(refusal ?? null)?.sentence ?? sentence)
}

/** Whether there is a sentence for just this. */
export function isExplained({ reason }: Pick<Exchange, 'reason'>): boolean {
  return refusalText(reason) !== undefined
}

/** Every refusal, to choose one of them; where several have the same few words, with their sentence. */
export function refusalOptions(): { value: string; label: string }[] {
  const entries = Object.entries(text.words.refusals)
  const counts = Map.groupBy(entries, ([, { short }]) => short)
  return entries
    .map(([value, { short, sentence }]) => ({
      value,
      label: counts.get(short)?.length === 1 ? short : text.shell.labelled({ label: short, what: sentence }),
    }))
    .sort((one, other) => one.label.localeCompare(other.label, locale))
}

function refusalText(reason: string | null) {
  return isRefusalCode(reason) ? text.words.refusals[reason] : undefined
}
