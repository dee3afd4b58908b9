import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Me } from '#shared/people/sign-in.ts'
import { canUsePasskeys } from '../../../api/passkeys.ts'
import { Card } from '../../../parts/layout/card.tsx'
import { peopleText } from '../../../text/people-text.ts'
import { AddPasskeyDialog } from './add-passkey-dialog.tsx'
import { CredentialList } from './credential-list.tsx'
import { PasswordDialog } from './password-dialog.tsx'

/** How the person signs in, and how to change it. */
export function WaysCard({ me }: { me: Me }) {
  const [open, setOpen] = useState<'password' | 'passkey' | null>(null)
  const hasPassword = me.credentials.some(({ kind }) => kind === 'password')
  const passkeys = canUsePasskeys()
  return (
    <Card title={peopleText.ways.title}>
      <Stack>
        {me.role === 'owner' && <Text c="dimmed">{peopleText.ways.ownerText}</Text>}
        {me.credentials.length === 0 ? (
          <Text c="dimmed">{peopleText.ways.none}</Text>
        ) : (
          <CredentialList credentials={me.credentials} />
        )}
        <Group gap="sm">
          {passkeys && (
            <Button variant="default" onClick={() => setOpen('passkey')}>
              {peopleText.ways.addPasskey}
            </Button>
          )}
          <Button variant="default" onClick={() => setOpen('password')}>
            {hasPassword ? peopleText.ways.changePassword : peopleText.ways.setPassword}
          </Button>
        </Group>
        {!passkeys && (
          <Text size="sm" c="dimmed">
            {peopleText.passkeys.notHere}
          </Text>
        )}
      </Stack>
      {open === 'password' && <PasswordDialog me={me} hasPassword={hasPassword} onClose={() => setOpen(null)} />}
      {open === 'passkey' && <AddPasskeyDialog onClose={() => setOpen(null)} />}
    </Card>
  )
}
