import { Box, Button, Group, Stack, Text } from '@mantine/core'
import type { ListedPerson } from '#shared/people/person.ts'
import { call } from '../../api/client.ts'
import { usePeople } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { formatAgo } from '../../text/format.ts'
import { peopleText } from '../../text/people-text.ts'
import { Callout } from '../feedback/callout.tsx'
import { Problem } from '../feedback/problem.tsx'
import { showDone } from '../feedback/toast.tsx'
import classes from '../parts.module.css'

/** People who asked to join and wait for an answer. Empty if nobody waits. */
export function Newcomers() {
  const waiting = (usePeople().data ?? []).filter(({ state }) => state === 'pending')
  if (waiting.length === 0) return null
  return (
    <Callout kind="wait" title={peopleText.newcomers.title}>
      <Text mb="sm">{peopleText.newcomers.text}</Text>
      <Stack gap="xs">
        {waiting.map((person) => (
          <Newcomer key={person.id} person={person} />
        ))}
      </Stack>
    </Callout>
  )
}

function Newcomer({ person: { id, name, email, role, createdAt } }: { person: ListedPerson }) {
  const letIn = useAction(async () => {
    await call('PATCH /api/people/:id', { state: 'active' }, id)
    showDone(peopleText.newcomers.letInDone({ name }))
  })
  const decline = useAction(async () => {
    await call('DELETE /api/people/:id', {}, id)
    showDone(peopleText.newcomers.declined({ name }))
  })
  const facts = [email, peopleText.roles[role], formatAgo(createdAt)].filter((fact) => fact !== null)
  return (
    <div className={classes.question}>
      <Group justify="space-between" gap="sm">
        <Box miw={0} flex="1 1 12rem">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {facts.join(' · ')}
          </Text>
        </Box>
        <Group gap="xs">
          <Button
            variant="default"
            loading={decline.busy}
            aria-label={peopleText.newcomers.declineNamed({ name })}
            onClick={() => void decline.run()}
          >
            {peopleText.newcomers.decline}
          </Button>
          <Button
            loading={letIn.busy}
            aria-label={peopleText.newcomers.letInNamed({ name })}
            onClick={() => void letIn.run()}
          >
            {peopleText.newcomers.letIn}
          </Button>
        </Group>
      </Group>
      <Problem sentence={letIn.problem ?? decline.problem} />
    </div>
  )
}
