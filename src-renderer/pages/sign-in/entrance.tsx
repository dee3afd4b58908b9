import { Box, Center, Stack, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Logo } from '../../parts/layout/logo.tsx'

/** A page for somebody who is not signed in: a title, and what they can do. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Latchkey`
  }, [title])
  return (
    <Center component="main" mih="100dvh" px="md" py="xl">
      <Box w="100%" maw="27rem">
        <Stack align="center" gap="sm" mb="lg" ta="center">
          <Logo size="3.5rem" />
          <Title order={1}>{title}</Title>
        </Stack>
        {children}
      </Box>
    </Center>
  )
}
