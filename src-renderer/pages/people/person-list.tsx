import { ActionIcon, Box, Group, Menu, Text } from '@mantine/core'
import {
  IconDevices,
  IconDoorEnter,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
  IconUserCircle,
} from '@tabler/icons-react'
import { Link } from 'wouter'
import { isOwner, type ListedPerson } from '#shared/people/person.ts'
import { mayRecover } from '#shared/people/role.ts'
import { call } from '../../api/client.ts'
import { useMe, useQuotas } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { Pill } from '../../parts/feedback/status.tsx'
import { showProblem, showUndo } from '../../parts/feedback/toast.tsx'
import { restrictionsOn } from '../../parts/limits/person-limits.tsx'
import { Avatar } from '../../parts/people/avatar.tsx'
import classes from '../../parts/people/people.module.css'
import { LimitBars } from '../../parts/quotas/limit-bars.tsx'
import { ACCOUNT_PATH } from '../../shell/account-path.ts'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'

export type PersonDialogName = 'change' | 'sessions' | 'recover' | 'remove'
type OnOpen = (dialog: PersonDialogName, person: ListedPerson) => void

interface PersonListProps {
  people: readonly ListedPerson[]
  onOpen: OnOpen
}

export function PersonList({ people, onOpen }: PersonListProps) {
  const own = useMe().data?.id
  return (
    <ul className={classes.list} aria-label={peopleText.people.title}>
      {people.map((person) => (
        <li key={person.id}>
          <Group gap="sm" wrap="nowrap">
            <Avatar person={person} />
            <Facts person={person} isSelf={person.id === own} />
            <PersonMenu person={person} isSelf={person.id === own} onOpen={onOpen} />
          </Group>
        </li>
      ))}
    </ul>
  )
}

function Facts({ person, isSelf }: { person: ListedPerson; isSelf: boolean }) {
  const { name, email, role, state, keys } = person
  const quota = useQuotas().data?.find(({ personId }) => personId === person.id)
  const facts = [email, keys === 0 ? peopleText.people.noKeys : peopleText.people.keys({ count: keys })]
  return (
    <Box flex={1} miw={0}>
      <Group gap="xs">
        <Text fw={600}>{name}</Text>
        <Pill kind="plain">{peopleText.roles[role]}</Pill>
        {isSelf && <Pill kind="plain">{peopleText.people.you}</Pill>}
        {state === 'paused' && <Pill kind="wait">{peopleText.people.isPaused}</Pill>}
      </Group>
      <Text size="sm" c="dimmed">
        {[...facts, ...restrictionsOn(person)].filter((fact) => fact !== null).join(' · ')}
      </Text>
      <LimitBars limits={person} left={quota?.left} />
    </Box>
  )
}

interface PersonMenuProps {
  person: ListedPerson
  isSelf: boolean
  onOpen: OnOpen
}

/** An admin finds no way to change the owner, which the core would refuse. */
function PersonMenu({ person, isSelf, onOpen }: PersonMenuProps) {
  const isOwned = isOwner(person)
  if (isOwned && !isSelf) return null
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.shell.actionsFor({ name: person.name })}>
          <IconDots size="1.2rem" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isSelf && (
          <Menu.Item component={Link} href={ACCOUNT_PATH} leftSection={<IconUserCircle size="1rem" />}>
            {text.shell.account}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconPencil size="1rem" />} onClick={() => onOpen('change', person)}>
          {peopleText.people.change}
        </Menu.Item>
        {!isSelf && <ForOthers person={person} onOpen={onOpen} />}
      </Menu.Dropdown>
    </Menu>
  )
}

function ForOthers({ person, onOpen }: Omit<PersonMenuProps, 'isSelf'>) {
  const isPaused = person.state === 'paused'
  const pausing = usePausing(person)
  const own = useMe().data?.role
  const canRecover = !isPaused && mayRecover(own, person.role)
  return (
    <>
      <Menu.Item leftSection={<IconDevices size="1rem" />} onClick={() => onOpen('sessions', person)}>
        {peopleText.sessions.open}
      </Menu.Item>
      {canRecover && (
        <Menu.Item leftSection={<IconDoorEnter size="1rem" />} onClick={() => onOpen('recover', person)}>
          {peopleText.recover.open}
        </Menu.Item>
      )}
      <Menu.Item
        leftSection={isPaused ? <IconPlayerPlay size="1rem" /> : <IconPlayerPause size="1rem" />}
        onClick={() => void pausing.run()}
      >
        {isPaused ? peopleText.people.resume : peopleText.people.pause}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        color="var(--mantine-color-error)"
        leftSection={<IconTrash size="1rem" />}
        onClick={() => onOpen('remove', person)}
      >
        {peopleText.people.remove}
      </Menu.Item>
    </>
  )
}

/** Pauses or resumes a person, and offers to undo it. */
function usePausing({ id, name, state }: ListedPerson) {
  const set = (next: 'active' | 'paused') => call('PATCH /api/people/:id', { state: next }, id)
  return useAction(
    async () => {
      const [next, before] = state === 'paused' ? (['active', 'paused'] as const) : (['paused', 'active'] as const)
      await set(next)
      showUndo(peopleText.people.saved[next]({ name }), () => set(before))
    },
    { onProblem: showProblem },
  )
}
