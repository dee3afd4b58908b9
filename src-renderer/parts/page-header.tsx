import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface PageHeaderProps {
  title: string
  intro?: string
  /** What the page is mostly for: a button. */
  action?: ReactNode
}

export function PageHeader({ title, intro, action }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Latchkey`
  }, [title])
  return (
    <Group justify="space-between" align="flex-end" mb="lg" gap="md">
      <Box flex={1} miw="min(100%, 18rem)">
        <Title order={1}>{title}</Title>
        {intro !== undefined && (
          <Text c="dimmed" mt={4} maw="42rem">
            {intro}
          </Text>
        )}
      </Box>
      {action}
    </Group>
  )
}
