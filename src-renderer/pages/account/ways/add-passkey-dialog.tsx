import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { call } from '../../../api/client.ts'
import { makePasskey } from '../../../api/passkeys.ts'
import { useAction } from '../../../api/use-action.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { showDone } from '../../../parts/feedback/toast.tsx'
import { deviceName } from '../../../parts/lan/device-name.ts'
import { peopleText } from '../../../text/people-text.ts'
import { text } from '../../../text/text.ts'

/** The name comes first, because the browser's own dialog follows. */
export function AddPasskeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState(() => deviceName(navigator))
  const adding = useAction(async () => {
    const { flow, options } = await call('POST /api/me/passkeys/options', {})
    return await call('POST /api/me/passkeys', { flow, passkey: await makePasskey(options), name })
  })

  async function submit(event: FormEvent) {
    event.preventDefault()
    if ((await adding.run()) === undefined) return
    showDone(peopleText.ways.passkeyAdded)
    onClose()
  }

  return (
    <Dialog onClose={onClose} title={peopleText.ways.addPasskey}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <Text>{peopleText.ways.passkeyText}</Text>
          <TextInput
            label={peopleText.ways.passkeyName}
            value={name}
            maxLength={80}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <DialogButtons problem={adding.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={adding.busy}>
              {peopleText.ways.addPasskey}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
