import { Button, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { Link } from 'wouter'
import { useAppState, useIsOperator, usePeople } from '../../api/queries.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { PendingOrigins } from '../../parts/questions/pending-origins.tsx'
import { NearQuotas } from '../../parts/quotas/near-quotas.tsx'
import { OwnQuota } from '../../parts/quotas/own-quota.tsx'
import { text } from '../../text/text.ts'
import { LatestExchanges } from './latest-exchanges.tsx'
import { StateCard } from './state-card.tsx'
import { Today } from './today.tsx'

// They come with the keys, which arrive after the first paint too.
const KeyQuestions = lazy(async () => ({ default: (await import('./key-questions.tsx')).KeyQuestions }))

// Most Latchkeys have nobody who asks to join.
const Newcomers = lazy(async () => ({ default: (await import('../../parts/people/newcomers.tsx')).Newcomers }))

export function HomePage() {
  return (
    <>
      <PageHeader
        title={text.home.title}
        action={
          <Button component={Link} href="/connect" leftSection={<IconPlugConnected size="1.1rem" aria-hidden />}>
            {text.home.connect}
          </Button>
        }
      />
      <QueryGate query={useAppState()}>
        {(state) => (
          <Stack>
            <Questions />
            <NearQuotas />
            <StateCard state={state} />
            <Today keys={state.keys} />
            <OwnQuota />
            <LatestExchanges />
          </Stack>
        )}
      </QueryGate>
    </>
  )
}

/** What waits for an operator. */
function Questions() {
  const isOperator = useIsOperator()
  const somebodyAsks = usePeople().data?.some((person) => person.state === 'pending') === true
  if (!isOperator) return null
  return (
    <>
      <PendingOrigins />
      <Suspense>
        {somebodyAsks && <Newcomers />}
        <KeyQuestions />
      </Suspense>
    </>
  )
}
