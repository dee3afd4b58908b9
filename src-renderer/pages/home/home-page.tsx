import { Button, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useAppState } from '../../api/queries.ts'
import { OnlineQuestions } from '../../parts/online-questions.tsx'
import { OtherAppQuestions } from '../../parts/other-app-questions.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { PendingOrigins } from '../../parts/pending-origins.tsx'
import { QueryGate } from '../../parts/query-gate.tsx'
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
            <StateCard state={state} />
            <Today keys={state.keys} />
            <LatestExchanges />
          </Stack>
        )}
      </QueryGate>
    </>
  )
}
