import { Button } from '@mantine/core'
import { text } from '../text/text.ts'
import { FullPage, FullPageText } from './full-page.tsx'

/** Headless only: this browser has no session. */
export function SessionPage({ retry }: { retry: () => void }) {
  return (
    <FullPage title={text.shell.sessionTitle}>
      <FullPageText>{text.shell.sessionText}</FullPageText>
      <Button variant="default" onClick={retry}>
        {text.shell.sessionRetry}
      </Button>
    </FullPage>
  )
}
