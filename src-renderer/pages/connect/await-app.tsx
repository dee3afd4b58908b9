import { Box, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { IssuedKey } from '#shared/keys/key.ts'
import { useAppState } from '../../api/queries.ts'
import { Callout } from '../../parts/callout.tsx'
import { Card } from '../../parts/card.tsx'
import { sentenceOfTrouble } from '../../parts/reason-text.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'
import classes from './connect.module.css'
import { MendButton } from './mend-button.tsx'
import { NothingYet } from './nothing-yet.tsx'
import type { Trouble, Verdict } from './verdict.ts'

interface AwaitAppProps {
  verdict: Exclude<Verdict, { kind: 'connected' }>
  appName: string
  address: string
  issued: IssuedKey
  recipe: RecipeId
}

/** Waits for the app's first exchange, and says what is in its way. */
export function AwaitApp({ verdict, appName, ...given }: AwaitAppProps) {
  const [mended, setMended] = useState<string | null>(null)
  if (verdict.kind === 'trouble' && !isMended(verdict, mended)) {
    return (
      <Callout kind="bad" title={text.connect.troubleTitle}>
        <Sentence trouble={verdict} />
        <MendButton
          trouble={verdict}
          {...given}
          onMended={() => setMended('exchange' in verdict ? verdict.exchange.id : null)}
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
          <Text c="dimmed">{mended === null ? text.connect.waitingText : text.connect.mended}</Text>
          {mended === null && <NothingYet kind={RECIPES[given.recipe].kind} address={given.address} />}
        </Box>
      </Group>
    </Card>
  )
}

/** What one exchange has shown does not come up again once mended; the next exchange may show it again. */
function isMended(trouble: Trouble, mended: string | null): boolean {
  return 'exchange' in trouble && trouble.exchange.id === mended
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
    case 'address':
      return <Text>{text.connect.wrongAddress}</Text>
    case 'exchange':
      return <Text>{sentenceOfTrouble(trouble.exchange)}</Text>
  }
}
