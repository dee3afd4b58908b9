import { Button } from '@mantine/core'
import { IconFilterOff, IconListDetails, IconPlugConnected } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { ExchangeFilter } from '#shared/gateway/exchange.ts'
import { useSettings } from '../../api/queries.ts'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { text } from '../../text/text.ts'

const DAY_MS = 86_400_000

/** Shown if there are no exchanges or none that fits, with what to do. */
export function NoExchanges({ filter, onShowAll }: { filter: ExchangeFilter; onShowAll: () => void }) {
  const days = useSettings().data?.retentionDays
  if (Object.keys(filter).length === 0) {
    return (
      <EmptyState
        icon={IconListDetails}
        title={text.activity.empty}
        description={text.activity.emptyText}
        action={
          <Button
            mt="sm"
            component={Link}
            href="/connect"
            leftSection={<IconPlugConnected size="1.1rem" aria-hidden />}
          >
            {text.activity.connect}
          </Button>
        }
      />
    )
  }
  const isGone = days !== undefined && (filter.from ?? Infinity) < Date.now() - days * DAY_MS
  return (
    <EmptyState
      icon={IconFilterOff}
      title={text.activity.noneFit}
      description={isGone ? text.activity.goneText({ days }) : text.activity.noneFitText}
      action={
        <Button mt="sm" variant="default" onClick={onShowAll}>
          {text.activity.filters.clear}
        </Button>
      }
    />
  )
}
