import { Button, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { blockSite } from '../../parts/origins/block-site.ts'
import { text } from '../../text/text.ts'

/** Decides about a site before it has ever called. */
export function AddOriginDialog({ onClose }: { onClose: () => void }) {
  const [origin, setOrigin] = useState('')
  const decide = useAction(async (status: 'allowed' | 'blocked') => {
    if (status === 'blocked') await blockSite({ origin, label: null })
    else await call('POST /api/origins/decide', { origin, status })
    return true
  })

  async function submit(status: 'allowed' | 'blocked') {
    if ((await decide.run(status)) !== undefined) onClose()
  }

  return (
    <Dialog onClose={onClose} title={text.origins.addTitle}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit('allowed')
        }}
      >
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
            <Button variant="default" onClick={() => void submit('blocked')} disabled={decide.busy}>
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
