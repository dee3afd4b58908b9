import { SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Card } from './card.tsx'

interface Stat {
  label: string
  value: ReactNode
  /** A line below the number. */
  note?: ReactNode
}

/** Numbers side by side. */
export function StatCards({ stats }: { stats: readonly Stat[] }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: stats.length }} spacing="md">
      {stats.map(({ label, value, note }) => (
        <Card key={label}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text fz="1.75rem" fw={650} lh={1.25} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {value}
          </Text>
          {note != null && (
            <Text size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </Card>
      ))}
    </SimpleGrid>
  )
}
