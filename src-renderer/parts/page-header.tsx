import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

import { Logo } from './logo.tsx'

interface PageHeaderProps {
  title: string
  intro?: string
  /** What the page is mostly for: a button. */
  action?: ReactNode
  withLogo?: boolean
}

export function PageHeader({ title, intro, action, withLogo }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Latchkey`
  }, [title])
  useEffect(() => {
    // Newer browsers return a promise here, which React would take for the effect's end.
    window.scrollTo(0, 0)
  }, [])
  return (
    <Group justify="space-between" align={withLogo === true ? 'center' : 'flex-end'} mb="lg" gap="md">
      {withLogo === true && <Logo size="3.5rem" />}
      <Box flex={1} miw="min(100%, 18rem)">
        <Title order={1}>{title}</Title>
        {intro !== undefined && (
          <Text c="dimmed" mt={4} maw="42rem" style={{ textWrap: 'pretty' }}>
            {intro}
          </Text>
        )}
      </Box>
      {action}
    </Group>
  )
}
