import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Key } from '#shared/keys/key.ts'
import { hasPassingId, type OriginRecord } from '#shared/origins/origin.ts'
import { call } from '../../api/client.ts'
import { useKeys, useOrigins } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { Pill } from '../../parts/feedback/status.tsx'
import { showProblem } from '../../parts/feedback/toast.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { turnOff } from '../../parts/origins/block-site.ts'
import { originName } from '../../parts/origins/origin-name.ts'
import { formatDate } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { type ExtensionGroup, groupByKey } from './group-by-key.ts'
import own from './origins.module.css'

/** A limit, because each extension costs a request. */
const SHOWN = 30

/** Extensions that have another origin in each installation, grouped by their key. Empty if there are none. */
export function InstalledExtensions() {
  const groups = useGroups()
  if (groups.length === 0) return null
  return (
    <Card title={text.origins.installed.title}>
      <Text c="dimmed" mb="md">
        {text.origins.installed.text}
      </Text>
      <Stack gap="lg">
        {groups.map((group) => (
          <OneGroup key={group.usedKey?.id ?? ''} {...group} />
        ))}
      </Stack>
    </Card>
  )
}

function useGroups(): ExtensionGroup[] {
  const extensions = (useOrigins().data ?? [])
    .filter(({ origin }) => hasPassingId(origin))
    .sort((one, other) => other.lastSeenAt - one.lastSeenAt)
    .slice(0, SHOWN)
  const origins = extensions.map(({ origin }) => origin)
  const keys = useKeys().data
  const used = useQuery({
    queryKey: ['origins', 'keys', origins],
    queryFn: async () => new Map(await Promise.all(origins.map(keysOf))),
    placeholderData: (before) => before,
  }).data
  return keys === undefined || used === undefined ? [] : groupByKey(extensions, used, keys)
}

async function keysOf(origin: string): Promise<[origin: string, keyIds: readonly string[]]> {
  return [origin, (await call('GET /api/origins/keys', { origin })).keyIds]
}

function OneGroup({ usedKey, extensions }: ExtensionGroup) {
  const { withKey, withoutKey } = text.origins.installed
  return (
    <div>
      <Group justify="space-between" gap="sm" mb="xs">
        <Title order={3} size="h4" className={own.usedKey}>
          {usedKey === null ? withoutKey : withKey({ key: usedKey.name })}
        </Title>
        {usedKey !== null && <KeySwitch shown={usedKey} />}
      </Group>
      <Stack component="ul" gap="xs" className={own.installed}>
        {extensions.map((extension) => (
          <Extension key={extension.origin} {...extension} />
        ))}
      </Stack>
    </div>
  )
}

function KeySwitch({ shown }: { shown: Key }) {
  const off = useAction(() => turnOff(shown), { onProblem: showProblem })
  if (!shown.enabled) return <Pill kind="plain">{text.origins.installed.keyIsOff}</Pill>
  return (
    <Button variant="default" size="compact-sm" maw="100%" loading={off.busy} onClick={() => void off.run()}>
      {text.origins.turnOff({ key: shown.name })}
    </Button>
  )
}

function Extension(record: OriginRecord) {
  return (
    <li>
      <Group gap="sm">
        <Text size="sm" fw={600} title={record.origin}>
          {originName(record)}
        </Text>
        <Pill kind={record.status === 'allowed' ? 'good' : record.status === 'blocked' ? 'bad' : 'wait'}>
          {text.words.originStatus[record.status]}
        </Pill>
        <Text size="sm" c="dimmed">
          {text.origins.installed.firstSeen({ date: formatDate(record.firstSeenAt) })}
        </Text>
      </Group>
    </li>
  )
}
