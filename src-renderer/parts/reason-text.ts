import type { Exchange } from '#shared/gateway/exchange.ts'
import { REFUSALS, type RefusalCode } from '#shared/gateway/refusals.ts'
import { locale, problems, text } from '../text/text.ts'

/** How an exchange ended, in a few words. */
export function resultOf(exchange: Exchange): string {
  return refusalText(exchange.reason)?.short ?? text.words.outcomes[exchange.outcome]
}

/** Why an exchange did not come through, in one sentence. */
export function sentenceOfTrouble(exchange: Exchange): string {
  return refusalText(exchange.reason)?.sentence ?? text.words.outcomes[exchange.outcome]
}

/**
 * What an app was answered, in the person's language. The gateway's own refusals have their code beside the sentence;
 * what it passed on from the upstream has none, and stays as it came.
 */
export function answeredSentence(sentence: string, code: string | undefined): string {
  // The core's own English says more: where a key stands, or which address is wrong.
  if (problems === null) return sentence
  return refusalText(code ?? null)?.sentence ?? sentence
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
      label: counts.get(short)?.length === 1 ? short : `${short}: ${sentence}`,
    }))
    .sort((one, other) => one.label.localeCompare(other.label, locale))
}

function refusalText(reason: string | null) {
  return reason !== null && isRefusalCode(reason) ? text.words.refusals[reason] : undefined
}

function isRefusalCode(reason: string): reason is RefusalCode {
  return Object.hasOwn(REFUSALS, reason)
}
