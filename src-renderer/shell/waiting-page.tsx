import { Loader } from '@mantine/core'
import { text } from '../text/text.ts'
import { FullPage } from './full-page.tsx'

/** Before the core has answered for the first time. */
export function WaitingPage({ unanswered }: { unanswered: boolean }) {
  return (
    <FullPage title={unanswered ? text.shell.notAnswering : text.shell.waiting}>
      <Loader size="sm" />
    </FullPage>
  )
}
