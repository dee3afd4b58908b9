import { Box, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Remedy } from '#shared/gateway/refusal-table.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { useAppState } from '../../api/queries.ts'
import { failureSentence } from '../../parts/exchanges/refusal-text.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { RemedyButton } from '../../parts/remedies/remedy-button.tsx'
import { useRemedy } from '../../parts/remedies/use-remedy.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'
import classes from './await-app.module.css'
import { NothingYet } from './nothing-yet.tsx'
import { OtherDevice } from './other-device.tsx'
import type { Trouble, Verdict } from './verdict.ts'

interface AwaitAppProps {
  verdict: Exclude<Verdict, { kind: 'connected' }>
  appName: string
  address: string
  issued: IssuedKey
  recipe: RecipeId
}

/** Waits for the app's first exchange, and shows what prevents it. */
export function AwaitApp({ verdict, appName, address, issued, recipe }: AwaitAppProps) {
  const [acted, setActed] = useState(false)
  const action = useRemedy(refusedIn(verdict), { issued, address })
  const done = acted || action?.kind === 'done'
  if (verdict.kind === 'trouble' && action?.kind !== 'done') {
    return (
      <Callout kind="bad" title={text.connect.troubleTitle}>
        <Sentence trouble={verdict} />
        <RemedyButton
          key={verdict.of === 'exchange' ? verdict.exchange.id : verdict.of}
          action={action}
          onDone={() => setActed(true)}
          mt="sm"
          variant="default"
        />
      </Callout>
    )
  }
  return (
    <Card role="status">
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <span className={classes.pulse} aria-hidden />
        <Box>
          <Title order={2}>{text.connect.waitingTitle({ app: appName })}</Title>
          <Text c="dimmed">{done ? text.remedies.done : text.connect.waitingText}</Text>
          <OtherDevice since={issued.createdAt} />
          {!done && <NothingYet kind={RECIPES[recipe].kind} address={address} />}
        </Box>
      </Group>
    </Card>
  )
}

function refusedIn(verdict: AwaitAppProps['verdict']): Exchange | Remedy | null {
  if (verdict.kind === 'waiting') return null
  return verdict.of === 'exchange' ? verdict.exchange : verdict.remedy
}

function Sentence({ trouble }: { trouble: Trouble }) {
  const gateway = useAppState().data?.gateway
  switch (trouble.of) {
    case 'gateway':
      return <Text>{gateway?.problem != null && problemSentence(gateway.problem)}</Text>
    case 'pause':
      return <Text>{text.connect.isPaused}</Text>
    case 'upstream':
      return <Text>{text.connect.upstreamStopped}</Text>
    case 'exchange':
      return <Text>{failureSentence(trouble.exchange)}</Text>
  }
}
