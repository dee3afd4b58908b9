import { useEffect, useRef, useState } from 'react'
import { TRY_ROUTE, type TryChat, type TryEvent, tryEventSchema } from '#shared/console-api/try-chat.ts'
import { errorOf } from '../../api/client.ts'
import { fetchFromCore } from '../../api/session.ts'
import { type Action, useAction } from '../../api/use-action.ts'
import { type Answer, addEvent, NO_ANSWER } from './answer.ts'

interface TestChat {
  readonly answer: Answer | null
  readonly send: Action<[ask: () => Promise<TryChat>], void>
  stop(): void
}

/** Sends one test chat at a time. `answer` grows while it arrives. */
export function useTestChat(): TestChat {
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

/** Sends a test chat and yields its events. Rejects like `call`. Aborting also ends the request to the upstream. */
async function* tryChat(ask: TryChat, signal: AbortSignal): AsyncGenerator<TryEvent> {
  const response = await fetchFromCore(TRY_ROUTE, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(ask),
    signal,
  })
  if (!response.ok || response.body === null) throw await errorOf(response)
  let rest = ''
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield tryEventSchema.parse(JSON.parse(line))
  }
}
