import type { Exchange } from '#shared/gateway/exchange.ts'
import { REFUSALS, type RefusalCode, refusalOf } from '#shared/gateway/refusals.ts'
import { locale, text } from '../text/text.ts'

/** How an exchange ended, in a few words. */
export function resultOf(exchange: Exchange): string {
  return refusalText(exchange.reason)?.[0] ?? text.words.outcomes[exchange.outcome]
}

/** Why an exchange did not come through, in one sentence. */
export function sentenceOfTrouble(exchange: Exchange): string {
  return refusalText(exchange.reason)?.[1] ?? text.words.outcomes[exchange.outcome]
}

/** What the gateway answered an app, in the person's language; what it passed on from the upstream as it came. */
export function answeredSentence(sentence: string): string {
  const code = text.problems === null ? undefined : refusalOf(sentence)
  return code === undefined ? sentence : text.words.refusals[code][1]
}

/** Whether there is a sentence for just this. */
export function isExplained({ reason }: Pick<Exchange, 'reason'>): boolean {
  return refusalText(reason) !== undefined
}

/** Every refusal, to choose one of them; where several have the same few words, with their sentence. */
export function refusalOptions(): { value: string; label: string }[] {
  const entries = Object.entries(text.words.refusals)
  const counts = Map.groupBy(entries, ([, [short]]) => short)
  return entries
    .map(([value, [short, sentence]]) => ({
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
