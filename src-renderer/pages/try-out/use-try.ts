import { useEffect, useRef, useState } from 'react'
import type { TryChat } from '#shared/console-api/try-chat.ts'
import { tryChat } from '../../api/try-chat.ts'
import { type Action, useAction } from '../../api/use-action.ts'
import { type Answer, addEvent, NO_ANSWER } from './answer.ts'

interface Try {
  readonly answer: Answer | null
  readonly send: Action<[ask: () => Promise<TryChat>], void>
  stop(): void
}

/** One test chat at a time, shown as it comes. */
export function useTry(): Try {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const ending = useRef(new AbortController())
  useEffect(() => () => ending.current.abort(), [])

  const send = useAction(async (prepare: () => Promise<TryChat>) => {
    const { signal } = (ending.current = new AbortController())
    setAnswer(NO_ANSWER)
    try {
      for await (const event of tryChat(await prepare(), signal))
        setAnswer((before) => addEvent(before ?? NO_ANSWER, event))
    } catch (error) {
      if (signal.aborted) return
      setAnswer(null)
      throw error
    }
  })

  return { answer, send, stop: () => ending.current.abort() }
}
