import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { dueReminder, EXTENSION_DAYS, extended } from '#shared/keys/expiry.ts'
import type { Key } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useKeys } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { daysUntil, formatDateTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import classes from '../parts.module.css'
import { useDismissed } from '../settings/use-dismissed.ts'

/** A key that expires. */
type Expiring = Key & { readonly expiresAt: number }

/** Keys that expire soon and that the person has not decided to let expire. Empty if there are none. */
export function ExpiringKeys() {
  // An event announces each reminder. As the keys are the same then, only the time of reading redraws this.
  const { data: keys = [], dataUpdatedAt } = useKeys()
  const { isDismissed, dismiss } = useDismissed('expiring-keys')
  const expiring = keys.filter((key) => isDue(key, dataUpdatedAt)).filter((key) => !isDismissed(hintOf(key)))
  if (expiring.length === 0) return null
  return (
    <Callout kind="wait" title={text.home.expiring.heading({ count: expiring.length })}>
      <Text mb="sm">{text.home.expiring.text}</Text>
      <Stack gap="xs">
        {expiring.map((key) => (
          <Reminder key={key.id} expiring={key} now={dataUpdatedAt} onLetExpire={() => dismiss(hintOf(key))} />
        ))}
      </Stack>
    </Callout>
  )
}

function isDue(key: Key, now: number): key is Expiring {
  return dueReminder(key, now) !== null
}

/** A new date brings the hint back. */
function hintOf({ id, expiresAt }: Expiring): string {
  return `${id} ${expiresAt}`
}

interface ReminderProps {
  expiring: Expiring
  now: number
  onLetExpire: () => void
}

function Reminder({ expiring: { id, name, expiresAt }, now, onLetExpire }: ReminderProps) {
  const extend = useAction(() => call('PATCH /api/keys/:id', { expiresAt: extended(expiresAt) }, id))
  const labels = {
    extend: text.home.expiring.extend({ days: EXTENSION_DAYS }),
    letExpire: text.home.expiring.letExpire,
  }
  return (
    <Group justify="space-between" className={classes.question} gap="sm">
      <Box miw={0} flex="1 1 14rem">
        <Text fw={600}>{text.home.expiring.title({ name, days: daysUntil(expiresAt, now) })}</Text>
        <Text size="sm" c="dimmed">
          {formatDateTime(expiresAt)}
        </Text>
        {extend.problem !== null && <Text role="alert">{extend.problem}</Text>}
      </Box>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={extend.busy}
          onClick={onLetExpire}
          aria-label={text.shell.labelled({ label: labels.letExpire, what: name })}
        >
          {labels.letExpire}
        </Button>
        <Button
          disabled={extend.busy}
          onClick={() => void extend.run()}
          aria-label={text.shell.labelled({ label: labels.extend, what: name })}
        >
          {labels.extend}
        </Button>
      </Group>
    </Group>
  )
}
