import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

import { Logo } from './logo.tsx'

interface PageHeaderProps {
  title: string
  intro?: string
  /** The button for the page's main action. */
  action?: ReactNode
  withLogo?: boolean
}

export function PageHeader({ title, intro, action, withLogo }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Latchkey`
  }, [title])
  useEffect(() => {
    // Without a return value: newer browsers return a promise, which React would take for the effect's clean-up.
    window.scrollTo(0, 0)
  }, [])
  return (
    <Group mb="lg" gap="md" wrap="nowrap">
      {withLogo === true && <Logo size="3.5rem" />}
      <Box flex={1} miw={0}>
        <Group justify="space-between" gap="sm">
          <Title order={1}>{title}</Title>
          {action}
        </Group>
        {intro !== undefined && (
          <Text c="dimmed" mt={4} maw="54rem" style={{ textWrap: 'pretty' }}>
            {intro}
          </Text>
        )}
      </Box>
    </Group>
  )
}
