import { Button, Loader, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import { useExchangeList, useSettings } from '../../api/queries.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'
import { ExchangeDialog } from './exchange-dialog.tsx'
import { ExchangeList } from './exchange-list.tsx'
import { LiveBar } from './live-bar.tsx'
import { NoExchanges } from './no-exchanges.tsx'
import { useFrozenList } from './use-frozen-list.ts'

const NONE: readonly Exchange[] = []

/** The list of the exchanges that fit a filter, with its controls and its end. */
export function Requests({ filter, onShowAll }: { filter: ExchangeFilter; onShowAll: () => void }) {
  const list = useExchangeList(filter)
  const rows = useMemo(() => (list.data === undefined ? NONE : rowsOf(list.data.pages)), [list.data])
  const frozen = useFrozenList(rows)
  const [open, setOpen] = useState<Exchange | null>(null)

  function reachEnd() {
    if (list.hasNextPage && !list.isFetchingNextPage && !list.isFetchNextPageError) void list.fetchNextPage()
  }

  return (
    <QueryGate query={list}>
      {() => (
        <>
          <LiveBar list={frozen} />
          <Card>
            {frozen.shown.length === 0 ? (
              <NoExchanges filter={filter} onShowAll={onShowAll} />
            ) : (
              <>
                <ExchangeList rows={frozen.shown} isWhole={!list.hasNextPage} onOpen={setOpen} onReachEnd={reachEnd} />
                {list.isFetchNextPageError ? (
                  <Callout kind="bad" title={text.activity.olderFailed}>
                    {sentenceFor(list.error)}{' '}
                    <Button size="compact-sm" variant="default" onClick={() => void list.fetchNextPage()}>
                      {text.shell.retry}
                    </Button>
                  </Callout>
                ) : (
                  <ListEnd isWhole={!list.hasNextPage} />
                )}
              </>
            )}
          </Card>
          {open !== null && <ExchangeDialog exchange={open} onClose={() => setOpen(null)} />}
        </>
      )}
    </QueryGate>
  )
}

/** Newest first and without duplicates, because pages and events can overlap. */
function rowsOf(pages: readonly Exchange[][]): Exchange[] {
  const seen = new Map(pages.flat().map((exchange) => [exchange.id, exchange]))
  return [...seen.values()].sort((one, other) => other.time - one.time)
}

/** The line below the last row. */
function ListEnd({ isWhole }: { isWhole: boolean }) {
  const days = useSettings().data?.retentionDays
  if (!isWhole) {
    return (
      <div className={classes.end} role="status">
        <Loader size="xs" />
        <Text size="sm">{text.activity.older}</Text>
      </div>
    )
  }
  return (
    <Text size="sm" className={classes.end ?? ''}>
      {days === undefined ? text.activity.end : text.activity.endKept({ days })}
    </Text>
  )
}
