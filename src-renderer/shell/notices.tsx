import { useState } from 'react'
import type { AppState } from '#shared/console-api/state.ts'
import { useConnection } from '../api/events/live.tsx'
import { Callout } from '../parts/feedback/callout.tsx'
import { problemSentence } from '../text/problem-sentence.ts'
import { text } from '../text/text.ts'

/** Messages above every page: a lost connection, and notices from the core. */
export function Notices({ state }: { state: AppState }) {
  const lost = useConnection() === 'lost'
  const [dismissed, setDismissed] = useState<readonly string[]>([])
  return (
    <>
      {lost && <Callout kind="wait" title={text.shell.lost} busy mb="lg" />}
      {state.notices
        .filter(({ message }) => !dismissed.includes(message))
        .map((notice) => (
          <Callout
            key={notice.message}
            kind="wait"
            title={problemSentence(notice)}
            mb="lg"
            onClose={() => setDismissed((before) => [...before, notice.message])}
          />
        ))}
    </>
  )
}
