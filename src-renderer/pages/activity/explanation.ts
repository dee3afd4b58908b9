import type { Exchange } from '#shared/gateway/exchange.ts'
import { failureSentence, isExplained } from '../../parts/exchanges/refusal-text.ts'
import { text } from '../../text/text.ts'

/** Explains the result of an exchange in one or two sentences. Empty if there is nothing to explain. */
export function explanationOf(exchange: Exchange): string {
  const { outcome, metered } = exchange
  if (outcome === 'ok') return metered ? '' : text.activity.unmetered
  if (outcome === 'refused' || isExplained(exchange)) return failureSentence(exchange)
  return text.activity.ended[outcome]
}
