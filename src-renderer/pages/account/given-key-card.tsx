import { Box, Button, Group, Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Key } from '#shared/keys/key.ts'
import { useKeys } from '../../api/queries.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { Card } from '../../parts/layout/card.tsx'
import partsClasses from '../../parts/parts.module.css'
import classes from '../../parts/people/people.module.css'
import { formatAgo, formatDate, formatList } from '../../text/format.ts'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'

/** What a guest was given, and the way to use it. */
export function GivenKeyCard() {
  return (
    <Card
      title={peopleText.account.givenKey}
      aside={
        <Button component={Link} href="/connect" variant="light">
          {text.home.connect}
        </Button>
      }
    >
      <QueryGate query={useKeys()}>
        {(keys) =>
          keys.length === 0 ? (
            <Text c="dimmed">{peopleText.account.noKey}</Text>
          ) : (
            <ul className={classes.list}>
              {keys.map((key) => (
                <li key={key.id}>
                  <Given given={key} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryGate>
    </Card>
  )
}

function Given({ given: { name, prefix, scopes, expiresAt, lastUsedAt } }: { given: Key }) {
  const facts = [
    text.keys.summary.may({ scopes: formatList(scopes.map((scope) => text.words.scopes[scope])) }),
    expiresAt === null ? null : text.keys.summary.until({ date: formatDate(expiresAt) }),
    lastUsedAt === null ? null : peopleText.sessions.used({ ago: formatAgo(lastUsedAt) }),
  ]
  return (
    <Box>
      <Group gap="xs">
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed" className={partsClasses.mono}>
          {prefix}…
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {facts.filter((fact) => fact !== null).join(' ')}
      </Text>
    </Box>
  )
}
