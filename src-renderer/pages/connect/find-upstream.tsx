import { Button, Group, Stack, Text } from '@mantine/core'
import { useLocation } from 'wouter'
import { type AppState, isOfUse, type UpstreamState } from '#shared/console-api/state.ts'
import { useAppState, useIsOperator } from '../../api/queries.ts'
import { operatingSystem } from '../../parts/browsers/operating-system.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { useUpstreamCheck } from '../../parts/upstream/upstream-check.ts'
import { upstreamTrouble } from '../../parts/upstream/upstream-trouble.ts'
import { useFirstRunState } from '../../shell/first-run.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'

/** Step 1: checks that there is an upstream. */
export function FindUpstream({ onFound }: { onFound: () => void }) {
  return <QueryGate query={useAppState()}>{(state) => <Found state={state} onFound={onFound} />}</QueryGate>
}

function Found({ state, onFound }: { state: AppState; onFound: () => void }) {
  const { gateway, upstream } = state
  return (
    <Card>
      <Stack>
        {gateway.problem !== null && (
          <Callout kind="bad" title={text.connect.gatewayTrouble}>
            {problemSentence(gateway.problem)}
          </Callout>
        )}
        {isOfUse(upstream) ? <Reachable upstream={upstream} /> : <Unreachable upstream={upstream} />}
        {isOfUse(upstream) && (
          <Group justify="flex-end">
            <Button size="md" onClick={onFound} data-autofocus>
              {text.connect.next}
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  )
}

function Reachable({ upstream }: { upstream: UpstreamState }) {
  if (upstream.sample) {
    return (
      <Callout kind="good" title={text.connect.sampleFound}>
        <Text>{text.connect.sampleFoundText}</Text>
      </Callout>
    )
  }
  return (
    <>
      <Callout kind="good" title={text.connect.ollamaFound}>
        <Text>{foundText(upstream)}</Text>
      </Callout>
      {upstream.models.length === 0 && <Callout kind="wait" title={text.connect.noModels} />}
    </>
  )
}

function Unreachable({ upstream }: { upstream: UpstreamState }) {
  const isOperator = useIsOperator()
  return (
    <>
      {upstream.problem === null || upstream.problem.code === 'upstream_stopped' ? (
        <>
          <Callout kind="bad" title={text.connect.ollamaMissing}>
            <Text>{text.connect.startOllama[operatingSystem()]}</Text>
          </Callout>
          <Text c="dimmed" size="sm">
            {text.connect.noOllama({ url: upstream.url })}
          </Text>
        </>
      ) : (
        <Callout kind="bad" title={upstreamTrouble(upstream)}>
          <Text>{problemSentence(upstream.problem)}</Text>
        </Callout>
      )}
      {isOperator && <CheckAgain />}
    </>
  )
}

function CheckAgain() {
  const check = useUpstreamCheck()
  const firstRun = useFirstRunState()
  const [, navigate] = useLocation()
  return (
    <>
      {check.problem !== null && <Callout kind="bad" title={check.problem} />}
      <Group justify="flex-end">
        <Button
          variant="default"
          onClick={() => {
            firstRun.end()
            navigate('/settings')
          }}
        >
          {text.shell.settings}
        </Button>
        <Button onClick={() => void check.run()} loading={check.busy}>
          {text.connect.checkAgain}
        </Button>
      </Group>
    </>
  )
}

function foundText({ version, models }: UpstreamState): string {
  const count = { models: models.length }
  return version === null ? text.connect.ollamaFoundPlain(count) : text.connect.ollamaFoundText({ version, ...count })
}
