import { Button, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { text } from '../../text/text.ts'
import { Dialog } from './dialog.tsx'
import { DialogButtons } from './dialog-buttons.tsx'

interface ConfirmDialogProps {
  title: string
  /** Explains the consequences. */
  children: ReactNode
  /** The label of the button that confirms. */
  confirm: string
  busy: boolean
  problem: string | null
  onConfirm: () => Promise<void>
  onClose: () => void
}

/** Asks before an action that cannot be undone. */
export function ConfirmDialog({ title, children, confirm, busy, problem, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog onClose={onClose} title={title}>
      <Stack>
        <Text>{children}</Text>
        {problem !== null && (
          <Text role="alert" size="sm" c="var(--mantine-color-error)">
            {problem}
          </Text>
        )}
        <DialogButtons>
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.shell.cancel}
          </Button>
          <Button loading={busy} onClick={() => void onConfirm()}>
            {confirm}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
