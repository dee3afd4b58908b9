import type { Refusal } from '#shared/gateway/decisions.ts'
import { isLasting, sentenceOf } from '#shared/gateway/refusals.ts'

/**
 * The headers that tell clients whether and when to retry a refused request, as a flat list. docs/http.md lists which
 * client obeys which header.
 */
export function retryHeaders({ refused, retryAfter = 1 }: Refusal, status: number): string[] {
  const lines: string[] = []
  const stays = isLasting(refused)
  // For OpenAI's and Anthropic's SDKs.
  if (stays) lines.push('X-Should-Retry', 'false')
  const isKnown = refused === 'person_hours'
  if (status === 429 || status === 503 || isKnown) lines.push('Retry-After', String(Math.max(1, Math.ceil(retryAfter))))
  // Codex and Vercel's `ai` retry in any case and show the sentence afterwards, so they should not wait. Not on a 5xx,
  // where a monitor would read that the service returns.
  else if (stays && status < 500) lines.push('Retry-After', '0')
  if (stays && (status === 429 || isKnown)) lines.push('Retry-After-Ms', '500')
  // Codex shows only this text of a 429 and appends a clause to it.
  if (refused === 'budget_spent' || refused === 'person_budget_spent')
    lines.push('X-Codex-Promo-Message', sentenceOf(refused).replace(/\.$/, ''))
  return lines
}
