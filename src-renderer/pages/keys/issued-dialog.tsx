import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { IssuedKey } from '#shared/keys/key.ts'
import { useGatewayAddress } from '../../api/gateway-address.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { Callout } from '../../parts/feedback/callout.tsx'
import { CopyField } from '../../parts/fields/copy-field.tsx'
import { addressFor } from '../../recipes/address.ts'
import { text } from '../../text/text.ts'

/** Shows a secret for the only time. A click beside the dialog does not close it. */
export function IssuedDialog({ issued, onClose }: { issued: IssuedKey; onClose: () => void }) {
  const gateway = useGatewayAddress()
  const [copied, setCopied] = useState(false)
  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title={text.keys.issuedTitle({ name: issued.name })}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Callout kind="wait" title={text.keys.issuedWarning} />
        <CopyField label={text.connect.key} value={issued.secret} primary onCopied={() => setCopied(true)} />
        <CopyField label={text.connect.address} value={gateway} />
        {issued.allowInUrl && (
          <CopyField
            label={text.connect.addressWithKey}
            value={addressFor('key-in-path', gateway, issued.secret)}
            onCopied={() => setCopied(true)}
          />
        )}
        <Text size="sm" c="dimmed">
          {text.keys.issuedHint}
        </Text>
        <DialogButtons>
          <Button onClick={onClose} variant={copied ? 'filled' : 'default'}>
            {text.keys.issuedDone}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
