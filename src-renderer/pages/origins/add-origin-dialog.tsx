import { Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { blockSite } from '../../parts/origins/block-site.ts'
import { text } from '../../text/text.ts'

type Decision = 'allowed' | 'blocked'

/** Allows or blocks a site before its first request. */
export function AddOriginDialog({ onClose }: { onClose: () => void }) {
  const [origin, setOrigin] = useState('')
  const decide = useAction(async (status: Decision) => {
    if (status === 'blocked') await blockSite({ origin, label: null })
    else await call('POST /api/origins/decide', { origin, status })
    onClose()
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    void decide.run('allowed')
  }

  return (
    <Dialog onClose={onClose} title={text.origins.addTitle}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <TextInput
            label={text.origins.addLabel}
            description={text.origins.addHint}
            value={origin}
            error={decide.problem}
            required
            data-autofocus
            onChange={(event) => setOrigin(event.currentTarget.value)}
          />
          <DialogButtons>
            <Button variant="default" onClick={() => void decide.run('blocked')} disabled={decide.busy}>
              {text.origins.addBlock}
            </Button>
            <Button type="submit" disabled={decide.busy}>
              {text.origins.addAllow}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
