import { useState } from 'react'
import { isOfUse, type UpstreamState } from '#shared/console-api/state.ts'
import { call } from '../api/client.ts'
import { type Action, useAction } from '../api/use-action.ts'
import { problemSentence } from '../text/problem-sentence.ts'
import { text } from '../text/text.ts'

/** Looks for the upstream anew; resolves to whether it is of use. That it still is not is a `problem` like any other. */
export function useUpstreamCheck(): Action<[], boolean> {
  const [trouble, setTrouble] = useState<string | null>(null)
  const check = useAction(async () => {
    setTrouble(null)
    const upstream = await call('POST /api/upstream/check', {})
    setTrouble(stillWrong(upstream))
    return isOfUse(upstream)
  })
  return { ...check, problem: check.problem ?? trouble }
}

function stillWrong(upstream: UpstreamState): string | null {
  if (isOfUse(upstream)) return null
  const { problem } = upstream
  return problem === null || problem.code === 'upstream_stopped' ? text.words.stillDown : problemSentence(problem)
}
