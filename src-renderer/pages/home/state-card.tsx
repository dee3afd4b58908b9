import { Box, Button, Group, SimpleGrid, Text, Title } from '@mantine/core'
import { Link } from 'wouter'
import { type AppState, isOfUse } from '#shared/console-api/state.ts'
import type { Remedy } from '#shared/gateway/refusal-table.ts'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Problem } from '#shared/text/problem.ts'
import { useGatewayAddress } from '../../api/gateway-address.ts'
import { useIsOperator, useLan, useSettings } from '../../api/queries.ts'
import type { CalloutKind } from '../../parts/feedback/callout.tsx'
import { StatusDot } from '../../parts/feedback/status.tsx'
import { CopyField } from '../../parts/fields/copy-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import classes from '../../parts/parts.module.css'
import { RemedyButton } from '../../parts/remedies/remedy-button.tsx'
import { useRemedy } from '../../parts/remedies/use-remedy.ts'
import { UpstreamStatus } from '../../parts/upstream/upstream-status.tsx'
import { upstreamTrouble } from '../../parts/upstream/upstream-trouble.ts'
import { formatTime } from '../../text/format.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'

/** Tells whether apps can reach the upstream, at which address, and what to do if they cannot. */
export function StateCard({ state }: { state: AppState }) {
  return (
    <Card>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
        <Status state={state} />
        <Addresses gateway={state.gateway} />
      </SimpleGrid>
    </Card>
  )
}

function Status({ state }: { state: AppState }) {
  const { kind, title, description, remedy } = summaryOf(state, useSettings().data?.paused)
  const isOperator = useIsOperator()
  const action = useRemedy(isOperator ? remedy : null)
  return (
    <Box>
      <Group gap="sm" wrap="nowrap" align="center">
        <StatusDot kind={kind} />
        <Title order={2}>{title}</Title>
      </Group>
      <Text c="dimmed" mt={6}>
        {description}
      </Text>
      {isOperator && kind === 'bad' && remedy === null && (
        <Button component={Link} href="/settings/access" mt="sm" variant="light">
          {text.shell.settings}
        </Button>
      )}
      <RemedyButton action={action} mt="sm" />
      <Box mt="sm">{remedy === 'checkUpstream' ? <GatewayStatus /> : <UpstreamStatus upstream={state.upstream} />}</Box>
    </Box>
  )
}

function Addresses({ gateway: { lan, lanProblem } }: Pick<AppState, 'gateway'>) {
  const address = useGatewayAddress()
  return (
    <Box>
      <CopyField label={text.home.addressLabel} value={address} />
      <Text size="sm" c="dimmed" mt={6}>
        {text.home.addressHint}
      </Text>
      {lanProblem !== null && <LanProblem problem={lanProblem} />}
      {lan.length > 0 && <OtherDevices />}
    </Box>
  )
}

/** The addresses for other devices, what is wrong with them, and the way to their settings. */
function OtherDevices() {
  const lan = useLan().data
  const isOperator = useIsOperator()
  if (lan === undefined) return null
  return (
    <>
      {usableUrls(lan).map((url) => (
        <Text key={url} size="sm" c="dimmed" mt={6}>
          {text.home.lanAddress} <code className={classes.mono}>{url}</code>
        </Text>
      ))}
      {lan.problem !== null && <LanProblem problem={lan.problem} />}
      {isOperator && (
        <Text size="sm" mt={6}>
          <Link href="/settings/devices" className={classes.link ?? ''}>
            {text.home.setUpDevice}
          </Link>
        </Text>
      )}
    </>
  )
}

function LanProblem({ problem }: { problem: Problem }) {
  return (
    <Text size="sm" c="var(--mantine-color-error)" mt={6}>
      {problemSentence(problem)}
    </Text>
  )
}

interface Summary {
  kind: CalloutKind
  title: string
  description: string
  /** null if there is nothing to do, or only in the settings. */
  remedy: Remedy | null
}

function summaryOf({ gateway, upstream }: AppState, paused: Settings['paused'] | undefined): Summary {
  if (gateway.status === 'paused') {
    const description =
      typeof paused === 'number' ? text.home.pausedUntilText({ time: formatTime(paused) }) : text.home.pausedText
    return { kind: 'wait', title: text.home.paused, description, remedy: 'resume' }
  }
  if (gateway.status === 'stopped' || gateway.problem !== null) {
    const description = gateway.problem === null ? '' : problemSentence(gateway.problem)
    return { kind: 'bad', title: text.home.stopped, description, remedy: null }
  }
  if (!isOfUse(upstream)) {
    const description = upstream.problem === null ? upstream.url : problemSentence(upstream.problem)
    return { kind: 'bad', title: upstreamTrouble(upstream), description, remedy: 'checkUpstream' }
  }
  return { kind: 'good', title: text.home.running, description: text.home.runningText, remedy: null }
}

/** Shown if the summary is about the upstream: the gateway itself runs. */
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
