import { Button, NativeSelect, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type IssuedInvitation, MOST_RECOVERY_DAYS } from '#shared/people/invitation.ts'
import type { ListedPerson } from '#shared/people/person.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { peopleText } from '../../../text/people-text.ts'
import { text } from '../../../text/text.ts'

const DAYS = [1, 3, MOST_RECOVERY_DAYS].map((days) => ({
  value: String(days),
  label: peopleText.invite.days({ days }),
}))

interface RecoverDialogProps {
  person: ListedPerson
  onClose: () => void
  onIssued: (issued: IssuedInvitation) => void
}

/** Makes a link with which somebody who has lost their way in gets in again. */
export function RecoverDialog({ person: { id, name }, onClose, onIssued }: RecoverDialogProps) {
  const [days, setDays] = useState('1')
  const making = useAction(() => call('POST /api/people/:id/invitations', { days: Number(days) }, id))

  async function submit(event: FormEvent) {
    event.preventDefault()
    const issued = await making.run()
    if (issued !== undefined) onIssued(issued)
  }

  return (
    <Dialog onClose={onClose} title={peopleText.recover.title({ name })}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <Text>{peopleText.recover.text({ name })}</Text>
          <NativeSelect
            label={peopleText.invite.daysLabel}
            data={DAYS}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
          <DialogButtons problem={making.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={making.busy} data-autofocus>
              {peopleText.recover.make}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
