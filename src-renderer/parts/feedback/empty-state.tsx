import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { IconHome } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: typeof IconHome
  title: string
  description: string
  action?: ReactNode
}

export function EmptyState({ icon: Icon, title, description, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py="2.5rem" ta="center">
      <ThemeIcon size="3.25rem" radius="xl" bg="var(--lk-wait-soft)" c="var(--lk-wait)">
        <Icon size="1.6rem" stroke={1.6} aria-hidden />
      </ThemeIcon>
      <Title order={2} mt="xs">
        {title}
      </Title>
      <Text c="dimmed" maw="26rem">
        {description}
      </Text>
      {action}
    </Stack>
  )
}
