import { Center, Loader, Stack, Title } from '@mantine/core'
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

/** A single message on an empty screen. */
export function FullPage({ title, children }: { title: string; children?: ReactNode }) {
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
