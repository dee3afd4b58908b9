import type { Exchange } from '#shared/gateway/exchange.ts'
import { isExplained, sentenceOfTrouble } from '../../parts/exchanges/refusal-text.ts'
import { text } from '../../text/text.ts'

/** How an exchange ended, in one or two sentences; empty where there is nothing to explain. */
export function explanationOf(exchange: Exchange): string {
  const { outcome, metered } = exchange
  if (outcome === 'ok') return metered ? '' : text.activity.unmetered
  if (outcome === 'refused' || isExplained(exchange)) return sentenceOfTrouble(exchange)
  return text.activity.ended[outcome]
}
