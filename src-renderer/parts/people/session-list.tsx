import { Box, Button, Group, Text } from '@mantine/core'
import type { Session } from '#shared/people/session.ts'
import { formatAgo, formatDateTime } from '../../text/format.ts'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'
import { Pill } from '../feedback/status.tsx'
import { deviceName } from '../lan/device-name.ts'
import classes from './people.module.css'

interface SessionListProps {
  sessions: readonly Session[]
  onEnd: (session: Session) => void
}

/** Where a person is signed in. */
export function SessionList({ sessions, onEnd }: SessionListProps) {
  return (
    <ul className={classes.list}>
      {sessions.map((session) => (
        <li key={session.id}>
          <Group justify="space-between" gap="sm" wrap="nowrap">
            <SessionFacts session={session} />
            {session.current ? (
              <Pill kind="good">{peopleText.sessions.current}</Pill>
            ) : (
              <Button
                variant="default"
                size="compact-sm"
                flex="none"
                aria-label={text.shell.labelled({ label: peopleText.sessions.end, what: nameOf(session) })}
                onClick={() => onEnd(session)}
              >
                {peopleText.sessions.end}
              </Button>
            )}
          </Group>
        </li>
      ))}
    </ul>
  )
}

const nameOf = ({ device }: Session) => deviceName({ userAgent: device })

function SessionFacts({ session }: { session: Session }) {
  const { address, method, createdAt, seenAt } = session
  const used = peopleText.sessions.used({ ago: formatAgo(seenAt) })
  return (
    <Box miw={0}>
      <Text fw={600}>{nameOf(session)}</Text>
      <Text size="sm" c="dimmed" title={peopleText.sessions.since({ date: formatDateTime(createdAt) })}>
        {[peopleText.sessions.methods[method], address, used].filter((fact) => fact !== null).join(' · ')}
      </Text>
    </Box>
  )
}
