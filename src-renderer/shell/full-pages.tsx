import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Logo } from '../parts/layout/logo.tsx'
import { text } from '../text/text.ts'

/** Shown before the core's first answer. */
export function WaitingPage({ unanswered }: { unanswered: boolean }) {
  return (
    <FullPage title={unanswered ? text.shell.notAnswering : text.shell.waiting}>
      <Loader size="sm" />
    </FullPage>
  )
}

/** Headless only: shown if this browser has no session. */
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

/** A single message on an empty screen. */
function FullPage({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Center component="main" mih="100dvh" p="xl">
      <Stack align="center" gap="md" maw="32rem" ta="center">
        <Logo size="4rem" />
        <Title order={1}>{title}</Title>
        {children}
      </Stack>
    </Center>
  )
}

function FullPageText({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" lh={1.6}>
      {children}
    </Text>
  )
}
