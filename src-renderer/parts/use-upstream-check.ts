import { useState } from 'react'
import { call } from '../api/client.ts'
import { type Action, useAction } from '../api/use-action.ts'
import { text } from '../text/text.ts'

/** Looks for the upstream anew; resolves to whether it answers. That it still does not is a `problem` like any other. */
export function useUpstreamCheck(): Action<[], boolean> {
  const [isDown, setDown] = useState(false)
  const check = useAction(async () => {
    setDown(false)
    const { reachable } = await call('POST /api/upstream/check', {})
    setDown(!reachable)
    return reachable
  })
  return { ...check, problem: check.problem ?? (isDown ? text.words.stillDown : null) }
}
