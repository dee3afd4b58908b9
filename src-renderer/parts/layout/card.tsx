import { Box, type BoxProps, Group, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from '../parts.module.css'

interface CardProps extends BoxProps {
  title?: string
  /** At the right of the title. */
  aside?: ReactNode
  role?: string
  children: ReactNode
}

export function Card({ title, aside, children, ...box }: CardProps) {
  return (
    <Box component="section" className={classes.card} {...box}>
      {title !== undefined && (
        <Group justify="space-between" mb="sm" gap="sm">
          <Title order={2}>{title}</Title>
          {aside}
        </Group>
      )}
      {children}
    </Box>
  )
}
