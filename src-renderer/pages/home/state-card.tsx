import { Box, Button, Group, SimpleGrid, Text, Title } from '@mantine/core'
import type { AppState } from '#shared/state.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import type { CalloutKind } from '../../parts/callout.tsx'
import { Card } from '../../parts/card.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import { StatusDot } from '../../parts/status.tsx'
import { text } from '../../text/text.ts'

/** Whether apps can reach the upstream now, where, and what to do when they cannot. */
export function StateCard({ state }: { state: AppState }) {
  const { kind, title, description, mend } = summaryOf(state)
  return (
    <Card>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="md">
        <Box>
          <Group gap="sm" wrap="nowrap" align="center">
            <StatusDot kind={kind} />
            <Title order={2}>{title}</Title>
          </Group>
          <Text c="dimmed" mt={6}>
            {description}
          </Text>
          {mend !== null && <MendButton mend={mend} />}
          {mend === null && <UpstreamLine state={state} />}
        </Box>
        <Box>
          <CopyField label={text.home.addressLabel} value={state.gateway.address} />
          <Text size="sm" c="dimmed" mt={6}>
            {text.home.addressHint}
          </Text>
        </Box>
      </SimpleGrid>
    </Card>
  )
}

type Mend = 'resume' | 'check'

interface Summary {
  kind: CalloutKind
  title: string
  description: string
  mend: Mend | null
}

function summaryOf({ gateway, upstream }: AppState): Summary {
  if (gateway.status === 'paused') {
    return { kind: 'wait', title: text.home.paused, description: text.home.pausedText, mend: 'resume' }
  }
  if (gateway.status === 'stopped' || gateway.problem !== null) {
    return { kind: 'bad', title: text.home.stopped, description: gateway.problem ?? '', mend: null }
  }
  if (!upstream.reachable) {
    return { kind: 'bad', title: text.home.unreachable, description: upstream.problem ?? upstream.url, mend: 'check' }
  }
  return { kind: 'good', title: text.home.running, description: text.home.runningText, mend: null }
}

function MendButton({ mend }: { mend: Mend }) {
  const act = useAction<[], unknown>(() =>
    mend === 'resume' ? call('PATCH /api/settings', { paused: false }) : call('POST /api/upstream/check', {}),
  )
  return (
    <>
      <Button mt="sm" variant="default" loading={act.busy} onClick={() => void act.run()}>
        {mend === 'resume' ? text.home.resume : text.home.checkAgain}
      </Button>
      {act.problem !== null && (
        <Text c="var(--mantine-color-error)" size="sm" mt="xs" role="alert">
          {act.problem}
        </Text>
      )}
    </>
  )
}

function UpstreamLine({ state: { upstream } }: { state: AppState }) {
  if (!upstream.reachable) return null
  return (
    <Text size="sm" mt="xs">
      <b>{upstream.sample ? text.home.upstreamSample : text.home.upstream}</b>{' '}
      <Text span c="dimmed" size="sm">
        {text.home.versionAndModels(upstream.sample ? null : upstream.version, upstream.models.length)}
      </Text>
    </Text>
  )
}
