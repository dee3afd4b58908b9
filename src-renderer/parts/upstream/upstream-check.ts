import { isOfUse } from '#shared/console-api/state.ts'
import { call } from '../../api/client.ts'
import { type Action, useAttempt } from '../../api/use-action.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'

/** Checks the upstream when it runs. `problem` also tells why apps still cannot use the upstream. */
export const useUpstreamCheck = (): Action<[], boolean> => useAttempt(checkUpstream)

/** Checks the upstream now. Resolves to the reason why apps cannot use it, or to null if they can. */
export async function checkUpstream(): Promise<string | null> {
  const upstream = await call('POST /api/upstream/check', {})
  if (isOfUse(upstream)) return null
  const { problem } = upstream
  return problem === null || problem.code === 'upstream_stopped' ? text.words.stillDown : problemSentence(problem)
}
