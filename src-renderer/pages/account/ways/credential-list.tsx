import { ActionIcon, Box, Group, Text } from '@mantine/core'
import { IconBrandGithub, IconFingerprint, IconPassword, IconTrash, IconUserShield } from '@tabler/icons-react'
import { useState } from 'react'
import type { Credential } from '#shared/people/session.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { ConfirmDialog } from '../../../parts/dialogs/confirm-dialog.tsx'
import { showDone } from '../../../parts/feedback/toast.tsx'
import classes from '../../../parts/people/people.module.css'
import { formatAgo, formatDate } from '../../../text/format.ts'
import { peopleText } from '../../../text/people-text.ts'
import { text } from '../../../text/text.ts'

const ICONS = { password: IconPassword, passkey: IconFingerprint, github: IconBrandGithub, oidc: IconUserShield }

/** The ways in that a person has. */
export function CredentialList({ credentials }: { credentials: readonly Credential[] }) {
  const [removing, setRemoving] = useState<Credential | null>(null)
  return (
    <>
      <ul className={classes.list} aria-label={peopleText.ways.title}>
        {credentials.map((credential) => (
          <li key={credential.id}>
            <Entry credential={credential} onRemove={() => setRemoving(credential)} />
          </li>
        ))}
      </ul>
      {removing !== null && <RemoveCredential credential={removing} onClose={() => setRemoving(null)} />}
    </>
  )
}

function nameOf({ kind, name }: Credential): string {
  const sort = peopleText.ways.kinds[kind]
  return name === null || name === '' ? sort : peopleText.ways.named({ sort, name })
}

function Entry({ credential, onRemove }: { credential: Credential; onRemove: () => void }) {
  const { kind, createdAt, lastUsedAt } = credential
  const Icon = ICONS[kind]
  const facts = [
    peopleText.ways.added({ date: formatDate(createdAt) }),
    lastUsedAt === null ? peopleText.ways.unused : peopleText.sessions.used({ ago: formatAgo(lastUsedAt) }),
  ]
  return (
    <Group gap="sm" wrap="nowrap">
      <Icon size="1.4rem" stroke={1.6} aria-hidden style={{ flex: 'none' }} />
      <Box flex={1} miw={0}>
        <Text fw={600}>{nameOf(credential)}</Text>
        <Text size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
      </Box>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text.shell.labelled({ label: peopleText.ways.remove, what: nameOf(credential) })}
        onClick={onRemove}
      >
        <IconTrash size="1.1rem" />
      </ActionIcon>
    </Group>
  )
}

function RemoveCredential({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const remove = useAction(() => call('DELETE /api/me/credentials/:id', {}, credential.id))
  return (
    <ConfirmDialog
      title={peopleText.ways.removeTitle({ name: nameOf(credential) })}
      confirm={peopleText.ways.remove}
      busy={remove.busy}
      problem={remove.problem}
      onClose={onClose}
      onConfirm={async () => {
        if ((await remove.run()) === undefined) return
        showDone(peopleText.ways.removed)
        onClose()
      }}
    >
      {peopleText.ways.removeText}
    </ConfirmDialog>
  )
}
