import type { Exchange } from '#shared/gateway/exchange.ts'
import { isRefusalCode, isWrongAddress } from '#shared/gateway/refusals.ts'
import { locale, problems, text } from '../../text/text.ts'

/** The result of an exchange in a few words. */
export function resultOf(exchange: Exchange): string {
  return refusalText(exchange.reason)?.short ?? text.words.outcomes[exchange.outcome]
}

/** The reason why an exchange failed, in one sentence. */
export function failureSentence(exchange: Exchange): string {
  const reason = isWrongAddress(exchange) ? 'wrong_address' : exchange.reason
  return refusalText(reason)?.sentence ?? text.words.outcomes[exchange.outcome]
}

/**
 * The error message of an answer in the person's language. Translates refusals of the gateway by the code in the
 * header; messages of the upstream stay as they are. English keeps the gateway's own sentence, which has the details.
 */
export function translatedRefusal(sentence: string, refusal: string | undefined): string {
  return problems === null ? sentence : (refusalText(refusal ?? null)?.sentence ?? sentence)
}

/** True if there is a sentence for this reason. */
export function isExplained({ reason }: Pick<Exchange, 'reason'>): boolean {
  return refusalText(reason) !== undefined
}

/** All refusals as options, sorted. Refusals with the same short text also show their sentence. */
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
