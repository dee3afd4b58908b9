import { Box, Button, Group, Stack, Text } from '@mantine/core'
import type { OriginRecord } from '#shared/origin.ts'
import { call } from '../api/client.ts'
import { useOrigins } from '../api/queries.ts'
import { useAction } from '../api/use-action.ts'
import { formatAgo } from '../text/format.ts'
import { text } from '../text/text.ts'
import { Callout } from './callout.tsx'
import { originName } from './origin-name.ts'
import classes from './parts.module.css'

/** The questions that wait for the person; nothing when there are none. */
export function PendingOrigins() {
  const pending = useOrigins().data?.filter((origin) => origin.status === 'pending') ?? []
  if (pending.length === 0) return null
  return (
    <Callout kind="wait" title={text.home.waitingTitle}>
      <Text mb="sm">{text.home.waitingText}</Text>
      <Stack gap="xs">
        {pending.map((origin) => (
          <Question key={origin.origin} origin={origin} />
        ))}
      </Stack>
    </Callout>
  )
}

function Question({ origin }: { origin: OriginRecord }) {
  const name = originName(origin)
  const decide = useAction((status: 'allowed' | 'blocked') =>
    call('POST /api/origins/decide', { origin: origin.origin, status }),
  )
  return (
    <Group justify="space-between" className={classes.question} gap="sm">
      <Box miw={0} flex="1 1 14rem">
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          <span className={classes.mono}>{origin.origin}</span> · {formatAgo(origin.lastSeenAt)}
        </Text>
        {decide.problem !== null && <Text role="alert">{decide.problem}</Text>}
      </Box>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={decide.busy}
          onClick={() => void decide.run('blocked')}
          aria-label={`${text.home.block}: ${name}`}
        >
          {text.home.block}
        </Button>
        <Button
          disabled={decide.busy}
          onClick={() => void decide.run('allowed')}
          aria-label={`${text.home.allow}: ${name}`}
        >
          {text.home.allow}
        </Button>
      </Group>
    </Group>
  )
}
