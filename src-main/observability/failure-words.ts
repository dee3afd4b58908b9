import type { FailureState } from '#shared/console-api/state.ts'
import { plural } from '#shared/text/plural.ts'

/** A sentence about internal errors since the start; undefined if there were none. */
export function failureWords({ requests, others, last }: FailureState): string | undefined {
  if (last === null) return undefined
  const counted = [
    ...(requests > 0 ? [`${plural(requests, 'request')} failed inside Latchkey since it started`] : []),
    ...(others > 0 ? [`${plural(others, 'other error')} occurred inside Latchkey since it started`] : []),
  ]
  const at = new Date(last.time).toISOString()
  return `${counted.join(', and ')}. The last one was ${last.what} in ${last.where} at ${at}.`
}
