import type { UpstreamState } from '#shared/console-api/state.ts'
import { text } from '../../text/text.ts'

/** The upstream's problem in a few words. */
export function upstreamTrouble({ problem }: Pick<UpstreamState, 'problem'>): string {
  const refusals: Readonly<Record<string, { readonly short: string } | undefined>> = text.words.refusals
  return refusals[problem?.code ?? '']?.short ?? text.home.unreachable
}
