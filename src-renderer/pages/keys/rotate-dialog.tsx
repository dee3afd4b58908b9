import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { IssuedKey, Key } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { text } from '../../text/text.ts'

const HOUR_MS = 3_600_000
const GRACES = { none: 0, hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS }
type Grace = keyof typeof GRACES

const OPTIONS = (Object.keys(GRACES) as Grace[]).map((value) => ({ value, title: text.keys.graces[value] }))

interface RotateDialogProps {
  rotating: Key
  onClose: () => void
  onIssued: (issued: IssuedKey) => void
}

export function RotateDialog({ rotating, onClose, onIssued }: RotateDialogProps) {
  const [grace, setGrace] = useState<Grace>('day')
  const rotate = useAction(() => call('POST /api/keys/:id/rotate', { graceMs: GRACES[grace] }, rotating.id))

  async function submit() {
    const issued = await rotate.run()
    if (issued !== undefined) onIssued(issued)
  }

  return (
    <Dialog onClose={onClose} title={text.keys.rotateTitle({ name: rotating.name })}>
      <Stack>
        <Text>{text.keys.rotateText}</Text>
        <OptionCards
          label={text.keys.rotateText}
          name="grace"
          options={OPTIONS}
          value={grace}
          onChange={setGrace}
          minWidth="10rem"
        />
        <DialogButtons problem={rotate.problem}>
          <Button variant="default" onClick={onClose}>
            {text.shell.cancel}
          </Button>
          <Button onClick={() => void submit()} loading={rotate.busy}>
            {text.keys.rotateDo}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
