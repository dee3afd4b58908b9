import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import { call } from '../../api/client.ts'
import { useOrigins } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { formatAgo } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import { SearchField } from '../fields/search-field.tsx'
import { blockSite } from '../origins/block-site.ts'
import { originName } from '../origins/origin-name.ts'
import classes from '../parts.module.css'

/** Questions shown at first, and added by each press. There can be thousands of unknown sites. */
const SHOWN = 10
const SHOWN_MORE = 40

/** Questions about new sites. Empty if none waits for the person. */
export function PendingOrigins() {
  const pending = useOrigins().data?.filter((origin) => origin.status === 'pending') ?? []
  const [most, setMost] = useState(SHOWN)
  const [search, setSearch] = useState('')
  if (pending.length === 0) return null
  const wanted = search.trim().toLowerCase()
  const found = pending.filter((origin) => `${originName(origin)} ${origin.origin}`.toLowerCase().includes(wanted))
  const left = Math.min(found.length - most, SHOWN_MORE)
  return (
    <Callout kind="wait" title={text.home.waitingTitle}>
      <Text mb="sm">{text.home.waitingText}</Text>
      <Stack gap="xs">
        {pending.length > SHOWN && <SearchField label={text.home.searchWaiting} value={search} onChange={setSearch} />}
        {found.length === 0 && <Text role="status">{text.home.noneWaitFound({ search })}</Text>}
        {found.slice(0, most).map((origin) => (
          <Question key={origin.origin} origin={origin} />
        ))}
        {left > 0 && (
          <Button variant="subtle" onClick={() => setMost(most + left)}>
            {text.home.moreWaiting({ count: left })}
          </Button>
        )}
      </Stack>
    </Callout>
  )
}

function Question({ origin }: { origin: OriginRecord }) {
  const name = originName(origin)
  const decide = useAction(async (status: 'allowed' | 'blocked') => {
    if (status === 'blocked') await blockSite(origin)
    else await call('POST /api/origins/decide', { origin: origin.origin, status })
  })
  return (
    <Group justify="space-between" className={classes.question} gap="sm">
      <Box miw={0} flex="1 1 14rem">
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          <span className={classes.mono}>{origin.origin}</span> · {formatAgo(origin.lastSeenAt)}
        </Text>
        {isExtension(origin.origin) && (
          <Text size="sm" c="dimmed">
            {text.origins.blockHint}
          </Text>
        )}
        {decide.problem !== null && <Text role="alert">{decide.problem}</Text>}
      </Box>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={decide.busy}
          onClick={() => void decide.run('blocked')}
          aria-label={text.shell.labelled({ label: text.home.block, what: name })}
        >
          {text.home.block}
        </Button>
        <Button
          disabled={decide.busy}
          onClick={() => void decide.run('allowed')}
          aria-label={text.shell.labelled({ label: text.home.allow, what: name })}
        >
          {text.home.allow}
        </Button>
      </Group>
    </Group>
  )
}
