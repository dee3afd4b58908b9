import { Center, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Logo } from '../parts/layout/logo.tsx'

/** One thing to say, and nothing else on the screen. */
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

export function FullPageText({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" lh={1.6}>
      {children}
    </Text>
  )
}
