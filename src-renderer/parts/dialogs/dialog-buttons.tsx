import { Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Callout } from '../feedback/callout.tsx'
import classes from '../parts.module.css'

interface DialogButtonsProps {
  /** Why it could not be done; stays in sight with the button that was pressed. */
  problem?: string | null
  children: ReactNode
}

/** The last row of a dialog: what leaves it first, what does it last. */
export function DialogButtons({ problem = null, children }: DialogButtonsProps) {
  return (
    <Stack gap="sm" className={classes.dialogButtons}>
      {problem !== null && <Callout kind="bad" title={problem} />}
      <Group justify="flex-end" gap="sm">
        {children}
      </Group>
    </Stack>
  )
}
