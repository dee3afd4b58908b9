import { Button, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { Link } from 'wouter'
import { useAppState } from '../../api/queries.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { PendingOrigins } from '../../parts/questions/pending-origins.tsx'
import { text } from '../../text/text.ts'
import { LatestExchanges } from './latest-exchanges.tsx'
import { StateCard } from './state-card.tsx'
import { Today } from './today.tsx'

// They come with the keys, which arrive after the first paint too.
const KeyQuestions = lazy(async () => ({ default: (await import('./key-questions.tsx')).KeyQuestions }))

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
            <Suspense>
              <KeyQuestions />
            </Suspense>
            <StateCard state={state} />
            <Today keys={state.keys} />
            <LatestExchanges />
          </Stack>
        )}
      </QueryGate>
    </>
  )
}
