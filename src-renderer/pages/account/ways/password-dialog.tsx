import { Button, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Me } from '#shared/people/sign-in.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { showDone } from '../../../parts/feedback/toast.tsx'
import { NewPassword } from '../../../parts/people/new-password.tsx'
import { peopleText } from '../../../text/people-text.ts'
import { text } from '../../../text/text.ts'

interface PasswordDialogProps {
  me: Me
  hasPassword: boolean
  onClose: () => void
}

/** Sets a password, or another one in place of the current one. */
export function PasswordDialog({ me, hasPassword, onClose }: PasswordDialogProps) {
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const saving = useAction(() => call('PUT /api/me/password', { password, current: hasPassword ? current : null }))

  async function submit(event: FormEvent) {
    event.preventDefault()
    if ((await saving.run()) === undefined) return
    showDone(hasPassword ? peopleText.ways.passwordChanged : peopleText.ways.passwordSaved)
    onClose()
  }

  return (
    <Dialog onClose={onClose} title={hasPassword ? peopleText.ways.changePassword : peopleText.ways.setPassword}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          {hasPassword && (
            <PasswordInput
              label={peopleText.ways.currentPassword}
              autoComplete="current-password"
              value={current}
              visibilityToggleButtonProps={{ 'aria-label': peopleText.passwords.show }}
              data-autofocus
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <NewPassword
            username={me.name}
            label={peopleText.ways.newPassword}
            value={password}
            isFirst={!hasPassword}
            onChange={setPassword}
          />
          <DialogButtons problem={saving.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={saving.busy}>
              {text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
