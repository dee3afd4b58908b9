import { Button, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useAppState } from '../../api/queries.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { ExpiringKeys } from '../../parts/questions/expiring-keys.tsx'
import { LimitQuestions } from '../../parts/questions/limit-questions.tsx'
import { OnlineQuestions } from '../../parts/questions/online-questions.tsx'
import { OtherAppQuestions } from '../../parts/questions/other-app-questions.tsx'
import { PendingOrigins } from '../../parts/questions/pending-origins.tsx'
import { text } from '../../text/text.ts'
import { LatestExchanges } from './latest-exchanges.tsx'
import { StateCard } from './state-card.tsx'
import { Today } from './today.tsx'

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
            <PendingOrigins />
            <OnlineQuestions />
            <OtherAppQuestions />
            <LimitQuestions />
            <ExpiringKeys />
            <StateCard state={state} />
            <Today keys={state.keys} />
            <LatestExchanges />
          </Stack>
        )}
      </QueryGate>
    </>
  )
}
