import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './parts.module.css'

/** The last row of a dialog: what leaves it first, what does it last. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return (
    <Group justify="flex-end" gap="sm" className={classes.dialogButtons}>
      {children}
    </Group>
  )
}
