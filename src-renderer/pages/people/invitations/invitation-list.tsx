import { Box, Button, Group, Text } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Invitation } from '#shared/people/invitation.ts'
import { call } from '../../../api/client.ts'
import { usePeople } from '../../../api/queries.ts'
import { useAction } from '../../../api/use-action.ts'
import type { CalloutKind } from '../../../parts/feedback/callout.tsx'
import { EmptyState } from '../../../parts/feedback/empty-state.tsx'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { Pill } from '../../../parts/feedback/status.tsx'
import { showDone, showProblem } from '../../../parts/feedback/toast.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { restrictionsOn } from '../../../parts/limits/person-limits.tsx'
import classes from '../../../parts/people/people.module.css'
import { formatDate } from '../../../text/format.ts'
import { peopleText } from '../../../text/people-text.ts'
import { text } from '../../../text/text.ts'

/** Invitations that are over are shown up to this number, until the person asks for all. */
const SHOWN_OVER = 3
const KINDS = { open: 'good', used: 'plain', expired: 'plain', revoked: 'plain' } as const satisfies Record<
  Invitation['state'],
  CalloutKind
>

/** The open invitations, then those that are over. */
export function InvitationList() {
  const query = useQuery({ queryKey: ['invitations'], queryFn: () => call('GET /api/invitations', {}) })
  return (
    <Card title={peopleText.invitations.title}>
      <QueryGate query={query}>
        {(invitations) =>
          invitations.length === 0 ? (
            <EmptyState
              icon={IconMail}
              title={peopleText.invitations.none}
              description={peopleText.invitations.noneText}
            />
          ) : (
            <Invitations invitations={invitations} />
          )
        }
      </QueryGate>
    </Card>
  )
}

function Invitations({ invitations }: { invitations: readonly Invitation[] }) {
  const [all, setAll] = useState(false)
  const open = invitations.filter(({ state }) => state === 'open')
  const over = invitations.filter(({ state }) => state !== 'open')
  const left = all ? 0 : Math.max(0, over.length - SHOWN_OVER)
  return (
    <>
      <ul className={classes.list} aria-label={peopleText.invitations.title}>
        {[...open, ...(all ? over : over.slice(0, SHOWN_OVER))].map((invitation) => (
          <li key={invitation.id}>
            <Entry invitation={invitation} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Button variant="subtle" c="var(--lk-good)" px="xs" ml="-0.625rem" mt="sm" onClick={() => setAll(true)}>
          {peopleText.invitations.more({ count: left })}
        </Button>
      )}
    </>
  )
}

function Entry({ invitation }: { invitation: Invitation }) {
  const { id, person, role, state } = invitation
  const name = invitation.name ?? peopleText.invitations.anyone
  const revoke = useAction(
    async () => {
      await call('DELETE /api/invitations/:id', {}, id)
      showDone(peopleText.invitations.revoked)
    },
    { onProblem: showProblem },
  )
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Box miw={0}>
        <Group gap="xs">
          <Text fw={600}>{name}</Text>
          <Pill kind="plain">{person === null ? peopleText.roles[role] : peopleText.invitations.again}</Pill>
          <Pill kind={KINDS[state]}>{peopleText.invitations.states[state]}</Pill>
        </Group>
        <Facts invitation={invitation} />
      </Box>
      {state === 'open' && (
        <Button
          variant="default"
          size="compact-sm"
          flex="none"
          loading={revoke.busy}
          aria-label={text.shell.labelled({ label: peopleText.invitations.revoke, what: name })}
          onClick={() => void revoke.run()}
        >
          {peopleText.invitations.revoke}
        </Button>
      )}
    </Group>
  )
}

function Facts({ invitation }: { invitation: Invitation }) {
  const people = usePeople().data ?? []
  const nameOf = (id: string | null) => people.find((person) => person.id === id)?.name
  const { state, person: recovered, createdAt, createdBy, expiresAt, usedAt, usedBy } = invitation
  const by = nameOf(createdBy)
  const joined = nameOf(usedBy)
  const facts = [
    by === undefined
      ? peopleText.invitations.made({ date: formatDate(createdAt) })
      : peopleText.invitations.madeBy({ name: by, date: formatDate(createdAt) }),
    state === 'open' && peopleText.invitations.until({ date: formatDate(expiresAt) }),
    state === 'used' &&
      usedAt !== null &&
      joined !== undefined &&
      peopleText.invitations[recovered === null ? 'joined' : 'recovered']({ name: joined, date: formatDate(usedAt) }),
    ...(state === 'open' ? restrictionsOn(invitation) : []),
  ]
  return (
    <Text size="sm" c="dimmed">
      {facts.filter((fact) => fact !== false).join(' · ')}
    </Text>
  )
}
