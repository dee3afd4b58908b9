import { Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Callout } from '../feedback/callout.tsx'
import classes from '../parts.module.css'

interface DialogButtonsProps {
  /** The reason why the action failed, in sight beside the pressed button. */
  problem?: string | null
  children: ReactNode
}

/** The buttons at the end of a dialog: cancel first, the action last. */
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
