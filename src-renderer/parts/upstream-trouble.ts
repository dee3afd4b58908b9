import type { UpstreamState } from '#shared/console-api/state.ts'
import { text } from '../text/text.ts'

/** What is wrong with the upstream, in a few words. */
export function upstreamTrouble({ problem }: Pick<UpstreamState, 'problem'>): string {
  const titles: Readonly<Record<string, readonly [title: string, hint: string] | undefined>> = text.words.refusals
  return titles[problem?.code ?? '']?.[0] ?? text.home.unreachable
}
