import { Group, Text } from '@mantine/core'
import type { UpstreamState } from '#shared/state.ts'
import { text } from '../text/text.ts'
import { StatusDot } from './status.tsx'

/** In a line: whether the upstream answers, and what it has. */
export function UpstreamStatus({ upstream }: { upstream: UpstreamState }) {
  const { reachable, sample, version, models } = upstream
  const name = sample ? text.home.upstreamSample : text.home.upstream
  return (
    <Group gap="sm" wrap="nowrap">
      <StatusDot kind={reachable ? 'good' : 'bad'} />
      <Text size="sm">
        <b>{reachable ? name : text.home.unreachable}</b>{' '}
        {reachable && (
          <Text span c="dimmed" size="sm">
            {text.home.versionAndModels(sample ? null : version, models.length)}
          </Text>
        )}
      </Text>
    </Group>
  )
}
