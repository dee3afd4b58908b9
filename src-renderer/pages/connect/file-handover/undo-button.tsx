import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { handoverApp } from '#shared/handover/apps.ts'
import type { HandoverState } from '#shared/handover/handover.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { text } from '../../../text/text.ts'

interface UndoButtonProps {
  state: HandoverState
  /** The name of the key in the files. */
  keyName: string
}

/** Brings the files back, and asks what becomes of the key. */
export function UndoButton({ state, keyName }: UndoButtonProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Group>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.fileHandover.undo}
      </Button>
      {isOpen && <UndoDialog state={state} keyName={keyName} onClose={() => setIsOpen(false)} />}
    </Group>
  )
}

function UndoDialog({ state: { app, files }, keyName, onClose }: UndoButtonProps & { onClose: () => void }) {
  const [deletesKey, setDeletesKey] = useState(true)
  const undo = useAction(() => call('POST /api/handover/undo', { app, key: deletesKey ? 'delete' : 'keep' }))

  async function confirm() {
    if ((await undo.run()) !== undefined) onClose()
  }

  return (
    <Dialog onClose={onClose} title={text.fileHandover.undoTitle({ app: handoverApp(app).name })}>
      <Stack>
        <Text>{text.fileHandover.undoText({ count: files.length })}</Text>
        <Checkbox
          label={text.fileHandover.deleteKey({ name: keyName })}
          checked={deletesKey}
          onChange={({ currentTarget }) => setDeletesKey(currentTarget.checked)}
        />
        <DialogButtons problem={undo.problem}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.shell.cancel}
          </Button>
          <Button loading={undo.busy} onClick={() => void confirm()}>
            {text.fileHandover.undo}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
