import type { Refusal } from '#shared/gateway/decisions.ts'
import { lasts, sentenceOf } from '#shared/gateway/refusals.ts'

/**
 * What clients obey when they choose whether to send a refused request again, and when, as a flat list of header lines.
 * docs/http.md says who obeys what.
 */
export function retryHeaders({ refused, retryAfter = 1 }: Refusal, status: number): string[] {
  const lines: string[] = []
  const stays = lasts(refused)
  // For OpenAI's and Anthropic's SDKs.
  if (stays) lines.push('X-Should-Retry', 'false')
  if (status === 429 || status === 503) lines.push('Retry-After', String(Math.max(1, Math.ceil(retryAfter))))
  // Codex and Vercel's `ai` try again in any case, and show the sentence after that: there is nothing to wait for. Not on
  // a 5xx, where a monitor would read that the service is back.
  else if (stays && status < 500) lines.push('Retry-After', '0')
  if (stays && status === 429) lines.push('Retry-After-Ms', '500')
  // Codex shows no other text of a 429, and adds a clause to this one.
  if (refused === 'budget_spent') lines.push('X-Codex-Promo-Message', sentenceOf(refused).replace(/\.$/, ''))
  return lines
}
