import { Button, List, Stack, Text } from '@mantine/core'
import type { LanDevice, LanState } from '#shared/lan/lan.ts'
import { commonName } from '#shared/lan/usable-urls.ts'
import { call } from '../../../../api/client.ts'
import { useAction } from '../../../../api/use-action.ts'
import { Dialog } from '../../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../../parts/dialogs/dialog-buttons.tsx'
import { deviceName } from '../../../../parts/lan/device-name.ts'
import { devicesText } from '../../../../text/devices-text.ts'
import { formatAgo } from '../../../../text/format.ts'
import { text } from '../../../../text/text.ts'
import { RemovalSteps } from './removal-steps.tsx'

interface RemoveAuthorityDialogProps {
  authority: NonNullable<LanState['authority']>
  devices: readonly LanDevice[]
  onClose: () => void
  /** Gets the name of the removed authority. */
  onRemoved: (name: string) => void
}

/** Asks before the authority is replaced: says what follows, for which devices, and how to remove it there. */
export function RemoveAuthorityDialog({ authority, devices, onClose, onRemoved }: RemoveAuthorityDialogProps) {
  const { remove } = devicesText.lan
  const name = commonName(authority.subject)
  const replace = useAction(() => call('POST /api/lan/authority/replace', {}))

  async function confirm() {
    if ((await replace.run()) === undefined) return
    onRemoved(name)
    onClose()
  }

  return (
    <Dialog onClose={onClose} title={remove.title} size="lg">
      <Stack>
        <Text>{remove.text}</Text>
        <UsedBy devices={devices} />
        <Text>{remove.onEach}</Text>
        <RemovalSteps name={name} />
        <DialogButtons problem={replace.problem}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.shell.cancel}
          </Button>
          <Button loading={replace.busy} onClick={() => void confirm()}>
            {remove.confirm}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}

function UsedBy({ devices }: { devices: readonly LanDevice[] }) {
  const { remove, list } = devicesText.lan
  const users = devices.flatMap(({ lastSecureAt, ...device }) =>
    lastSecureAt === null ? [] : [{ lastSecureAt, ...device }],
  )
  if (users.length === 0) return <Text>{remove.noneUsed}</Text>
  return (
    <div>
      <Text mb={4}>{remove.used}</Text>
      <List>
        {users.map((device) => (
          <List.Item key={`${device.address} ${device.userAgent}`}>
            {deviceName(device)}, {device.address}, {list.lastSecure({ ago: formatAgo(device.lastSecureAt) })}
          </List.Item>
        ))}
      </List>
    </div>
  )
}
