import { Group, Text } from '@mantine/core'
import { isOfUse, type UpstreamState } from '#shared/console-api/state.ts'
import { text } from '../../text/text.ts'
import { StatusDot } from '../feedback/status.tsx'
import { upstreamTrouble } from './upstream-trouble.ts'

/** One line: the state of the upstream, its version and the number of its models. */
export function UpstreamStatus({ upstream }: { upstream: UpstreamState }) {
  const { sample, version, models } = upstream
  const ofUse = isOfUse(upstream)
  const name = sample ? text.home.upstreamSample : text.home.upstream
  return (
    <Group gap="sm" wrap="nowrap">
      <StatusDot kind={ofUse ? 'good' : 'bad'} />
      <Text size="sm">
        <b>{ofUse ? name : upstreamTrouble(upstream)}</b>{' '}
        {ofUse && (
          <Text span c="dimmed" size="sm">
            {sample || version === null
              ? text.home.models({ models: models.length })
              : text.home.versionAndModels({ version, models: models.length })}
          </Text>
        )}
      </Text>
    </Group>
  )
}
