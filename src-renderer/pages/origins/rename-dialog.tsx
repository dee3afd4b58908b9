import { Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import { text } from '../../text/text.ts'

export function RenameDialog({ renaming, onClose }: { renaming: OriginRecord; onClose: () => void }) {
  const [label, setLabel] = useState(renaming.label ?? '')
  const rename = useAction(() =>
    call('POST /api/origins/label', { origin: renaming.origin, label: label.trim() === '' ? null : label }),
  )

  async function submit(event: FormEvent) {
    event.preventDefault()
    if ((await rename.run()) !== undefined) onClose()
  }

  return (
    <Dialog onClose={onClose} title={text.origins.renameTitle({ name: originName(renaming) })}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            label={text.origins.renameLabel}
            description={text.origins.renameHint}
            value={label}
            error={rename.problem}
            maxLength={80}
            data-autofocus
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <DialogButtons>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={rename.busy}>
              {text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
