import { Anchor, Text } from '@mantine/core'
import { IconMessages } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { useExchanges, useOrigins } from '../../api/queries.ts'
import { tokensOf } from '../../parts/exchanges/exchange-text.ts'
import { modelText } from '../../parts/exchanges/recorded-names.ts'
import { resultOf } from '../../parts/exchanges/refusal-text.ts'
import { useKeyNames } from '../../parts/exchanges/use-key-names.ts'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { outcomeKind, Pill } from '../../parts/feedback/status.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import classes from '../../parts/parts.module.css'
import { formatAgo, formatDateTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const SHOWN = 8
const REDRAW_MS = 30_000

export function LatestExchanges() {
  return (
    <Card
      title={text.home.latest}
      aside={
        <Anchor component={Link} href="/activity" size="sm">
          {text.home.allRequests}
        </Anchor>
      }
    >
      <QueryGate query={useExchanges()}>
        {(exchanges) =>
          exchanges.length === 0 ? (
            <EmptyState icon={IconMessages} title={text.home.noneYet} description={text.home.noneYetText} />
          ) : (
            <ExchangeTable exchanges={exchanges.slice(0, SHOWN)} />
          )
        }
      </QueryGate>
    </Card>
  )
}

function ExchangeTable({ exchanges }: { exchanges: readonly Exchange[] }) {
  const now = useNow()
  const columns = text.home.columns
  return (
    <div className={classes.tableScroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th style={{ width: 'clamp(5.5rem, 11vw, 8rem)' }}>{columns.when}</th>
            <th>{columns.who}</th>
            <th data-roomy>{columns.model}</th>
            <th data-number data-roomy style={{ width: '5.5rem' }}>
              {columns.tokens}
            </th>
            <th style={{ width: 'clamp(7rem, 15vw, 11rem)' }}>{columns.result}</th>
          </tr>
        </thead>
        <tbody>
          {exchanges.map((exchange) => (
            <tr key={exchange.id}>
              <td title={formatDateTime(exchange.time)}>
                <Text size="sm" c="dimmed">
                  {formatAgo(exchange.time, now)}
                </Text>
              </td>
              <td>
                <Caller exchange={exchange} />
              </td>
              <td data-roomy>{modelText(exchange.model ?? '–')}</td>
              <td data-number data-roomy>
                {tokensOf(exchange)}
              </td>
              <td>
                <Pill kind={outcomeKind(exchange)}>{resultOf(exchange)}</Pill>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Caller({ exchange: { keyId, origin } }: { exchange: Exchange }) {
  const label = useOrigins().data?.find((known) => known.origin === origin)?.label ?? null
  const name = useKeyNames()(keyId)
  return (
    <>
      <Text size="sm" fw={550}>
        {name}
      </Text>
      {origin !== null && (
        <Text size="xs" c="dimmed">
          {originName({ origin, label })}
        </Text>
      )}
    </>
  )
}

/** The current time, updated often enough for “5 minutes ago”. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REDRAW_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}
