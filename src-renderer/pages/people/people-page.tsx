import { Button, Group, Stack } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { IssuedInvitation } from '#shared/people/invitation.ts'
import type { ListedPerson } from '#shared/people/person.ts'
import { usePeople } from '../../api/queries.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { Newcomers } from '../../parts/people/newcomers.tsx'
import { peopleText } from '../../text/people-text.ts'
import { InvitationList } from './invitations/invitation-list.tsx'
import { InviteDialog } from './invitations/invite-dialog.tsx'
import { IssuedDialog } from './invitations/issued-dialog.tsx'
import { RecoverDialog } from './invitations/recover-dialog.tsx'
import { PersonDialog } from './person-dialog.tsx'
import { type PersonDialogName, PersonList } from './person-list.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { SessionsDialog } from './sessions-dialog.tsx'

/** The open dialog. The code of a new invitation is only here, until its dialog is closed. */
type Open =
  | { dialog: 'add' | 'invite' }
  | { dialog: PersonDialogName; person: ListedPerson }
  | { dialog: 'issued'; issued: IssuedInvitation }

/** Everybody who uses this Latchkey, and who is invited. */
export function PeoplePage() {
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  const issue = (issued: IssuedInvitation) => setOpen({ dialog: 'issued', issued })
  return (
    <>
      <PageHeader
        title={peopleText.people.title}
        intro={peopleText.people.intro}
        action={
          <Group gap="sm">
            <Button variant="default" onClick={() => setOpen({ dialog: 'add' })}>
              {peopleText.people.add}
            </Button>
            <Button
              leftSection={<IconUserPlus size="1.1rem" aria-hidden />}
              onClick={() => setOpen({ dialog: 'invite' })}
            >
              {peopleText.people.invite}
            </Button>
          </Group>
        }
      />
      <Stack>
        <Newcomers />
        <Card>
          <QueryGate query={usePeople()}>
            {(people) => (
              <PersonList
                people={people.filter(({ state }) => state !== 'pending')}
                onOpen={(dialog, person) => setOpen({ dialog, person })}
              />
            )}
          </QueryGate>
        </Card>
        <InvitationList />
      </Stack>
      {open?.dialog === 'add' && <PersonDialog onClose={close} />}
      {open?.dialog === 'change' && <PersonDialog editing={open.person} onClose={close} />}
      {open?.dialog === 'sessions' && <SessionsDialog person={open.person} onClose={close} />}
      {open?.dialog === 'remove' && <RemoveDialog person={open.person} onClose={close} />}
      {open?.dialog === 'recover' && <RecoverDialog person={open.person} onClose={close} onIssued={issue} />}
      {open?.dialog === 'invite' && <InviteDialog onClose={close} onIssued={issue} />}
      {open?.dialog === 'issued' && <IssuedDialog issued={open.issued} onClose={close} />}
    </>
  )
}
