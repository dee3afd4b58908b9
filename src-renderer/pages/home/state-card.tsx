import { Box, Button, Group, SimpleGrid, Text, Title } from '@mantine/core'
import { Link } from 'wouter'
import { type AppState, isOfUse } from '#shared/console-api/state.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../api/client.ts'
import { useSettings } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import type { CalloutKind } from '../../parts/callout.tsx'
import { Card } from '../../parts/card.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import classes from '../../parts/parts.module.css'
import { StatusDot } from '../../parts/status.tsx'
import { UpstreamStatus } from '../../parts/upstream-status.tsx'
import { upstreamTrouble } from '../../parts/upstream-trouble.ts'
import { useUpstreamCheck } from '../../parts/use-upstream-check.ts'
import { formatTime } from '../../text/format.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'

/** Whether apps can reach the upstream now, where, and what to do when they cannot. */
export function StateCard({ state }: { state: AppState }) {
  const { kind, title, description, mend } = summaryOf(state, useSettings().data?.paused)
  return (
    <Card>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
        <Box>
          <Group gap="sm" wrap="nowrap" align="center">
            <StatusDot kind={kind} />
            <Title order={2}>{title}</Title>
          </Group>
          <Text c="dimmed" mt={6}>
            {description}
          </Text>
          {mend === 'settings' && (
            <Button component={Link} href="/settings/access" mt="sm" variant="light">
              {text.shell.settings}
            </Button>
          )}
          {(mend === 'resume' || mend === 'check') && <MendButton mend={mend} />}
          <Box mt="sm">{mend === 'check' ? <GatewayStatus /> : <UpstreamStatus upstream={state.upstream} />}</Box>
        </Box>
        <Box>
          <CopyField label={text.home.addressLabel} value={state.gateway.address} />
          <Text size="sm" c="dimmed" mt={6}>
            {text.home.addressHint}
          </Text>
          {state.gateway.lan.map((address) => (
            <Text key={address} size="sm" c="dimmed" mt={6}>
              {text.home.lanAddress} <code className={classes.mono}>{address}</code>
            </Text>
          ))}
          {state.gateway.lanProblem !== null && (
            <Text size="sm" c="var(--mantine-color-error)" mt={6}>
              {problemSentence(state.gateway.lanProblem)}
            </Text>
          )}
        </Box>
      </SimpleGrid>
    </Card>
  )
}

type Mend = 'resume' | 'check' | 'settings'

interface Summary {
  kind: CalloutKind
  title: string
  description: string
  mend: Mend | null
}

function summaryOf({ gateway, upstream }: AppState, paused: Settings['paused'] | undefined): Summary {
  if (gateway.status === 'paused') {
    const description =
      typeof paused === 'number' ? text.home.pausedUntilText({ time: formatTime(paused) }) : text.home.pausedText
    return { kind: 'wait', title: text.home.paused, description, mend: 'resume' }
  }
  if (gateway.status === 'stopped' || gateway.problem !== null) {
    const description = gateway.problem === null ? '' : problemSentence(gateway.problem)
    return { kind: 'bad', title: text.home.stopped, description, mend: 'settings' }
  }
  if (!isOfUse(upstream)) {
    const description = upstream.problem === null ? upstream.url : problemSentence(upstream.problem)
    return { kind: 'bad', title: upstreamTrouble(upstream), description, mend: 'check' }
  }
  return { kind: 'good', title: text.home.running, description: text.home.runningText, mend: null }
}

function MendButton({ mend }: { mend: 'resume' | 'check' }) {
  const resume = useAction(() => call('PATCH /api/settings', { paused: false }))
  const check = useUpstreamCheck()
  const act = mend === 'resume' ? resume : check
  return (
    <>
      <Button
        mt="sm"
        variant={mend === 'resume' ? 'filled' : 'default'}
        loading={act.busy}
        onClick={() => void act.run()}
      >
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

/** The other half, where the summary is about the upstream. */
function GatewayStatus() {
  return (
    <Group gap="sm" wrap="nowrap">
      <StatusDot kind="good" />
      <Text size="sm" fw={600}>
        {text.home.running}
      </Text>
    </Group>
  )
}
