import { ActionIcon, Button, Group, Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { Ref } from 'react'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { remedyOf } from '#shared/gateway/refusals.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { useAction } from '../../api/use-action.ts'
import { taskOf, tokensOf } from '../../parts/exchanges/exchange-text.ts'
import { modelText, programText } from '../../parts/exchanges/recorded-names.ts'
import { resultOf } from '../../parts/exchanges/refusal-text.ts'
import { outcomeKind, Pill } from '../../parts/feedback/status.tsx'
import { showProblem } from '../../parts/feedback/toast.tsx'
import { siteNameOf } from '../../parts/origins/origin-name.ts'
import { useRemedy } from '../../parts/remedies/use-remedy.ts'
import { formatClock, formatDate, formatDateTime, formatDuration } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'
import { explanationOf } from './explanation.ts'

interface ExchangeRowProps {
  ref: Ref<HTMLDivElement>
  index: number
  /** Pixels from the top of the list. */
  top: number
  exchange: Exchange
  keyName: string
  origins: readonly OriginRecord[]
  onOpen: (exchange: Exchange) => void
}

export function ExchangeRow({ ref, index, top, exchange, keyName, origins, onOpen }: ExchangeRowProps) {
  const site = exchange.origin === null ? null : siteNameOf(exchange.origin, origins)
  const at = formatDateTime(exchange.time)
  return (
    <div
      role="row"
      ref={ref}
      data-index={index}
      data-row={exchange.id}
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      <When time={exchange.time} />
      <TwoLines first={keyName} second={site ?? programText(exchange.userAgent ?? '')} />
      <TwoLines first={taskOf(exchange)} second={modelText(exchange.model ?? '')} />
      <div role="cell" className={classes.tokens}>
        <Text size="sm">{tokensOf(exchange)}</Text>
        <Text size="xs" c="dimmed">
          {formatDuration(exchange.durationMs)}
        </Text>
      </div>
      <div role="cell" className={classes.result}>
        <Pill kind={outcomeKind(exchange)}>{resultOf(exchange)}</Pill>
        {exchange.outcome === 'ok' && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={text.activity.detailsOf({ what: at })}
            onClick={() => onOpen(exchange)}
          >
            <IconChevronRight size="1.1rem" />
          </ActionIcon>
        )}
      </div>
      {exchange.outcome !== 'ok' && <Trouble exchange={exchange} site={site} onOpen={() => onOpen(exchange)} />}
    </div>
  )
}

function When({ time }: { time: number }) {
  return (
    <div role="cell">
      <Text size="sm">{formatClock(time)}</Text>
      <Text size="xs" c="dimmed" truncate>
        {formatDate(time)}
      </Text>
    </div>
  )
}

function TwoLines({ first, second }: { first: string; second: string }) {
  return (
    <div role="cell">
      <Text size="sm" fw={550} truncate title={first}>
        {first}
      </Text>
      <Text size="xs" c="dimmed" truncate title={second}>
        {second}
      </Text>
    </div>
  )
}

interface TroubleProps {
  exchange: Exchange
  site: string | null
  onOpen: () => void
}

/** The reason of a failure, and the buttons for it. */
function Trouble({ exchange, site, onOpen }: TroubleProps) {
  return (
    <div role="cell" aria-colspan={5} className={classes.trouble}>
      <Text size="sm" c="dimmed" flex="1 1 14rem">
        {explanationOf(exchange)}
      </Text>
      <Group gap="xs" wrap="nowrap">
        {site !== null && remedyOf(exchange) === 'allowOrigin' && <AllowSite exchange={exchange} site={site} />}
        <Button
          size="compact-sm"
          variant="default"
          onClick={onOpen}
          aria-label={text.activity.whyOf({ what: `${resultOf(exchange)}, ${formatDateTime(exchange.time)}` })}
        >
          {text.activity.why}
        </Button>
      </Group>
    </div>
  )
}

/** The most frequent remedy, without a detour through the dialog. */
function AllowSite({ exchange, site }: { exchange: Exchange; site: string }) {
  const action = useRemedy(exchange)
  const allow = useAction((perform: () => Promise<unknown>) => perform(), { onProblem: showProblem })
  if (action?.kind === 'done') return <Pill kind="good">{text.activity.allowedSince}</Pill>
  if (action?.kind !== 'perform') return null
  return (
    <Button
      size="compact-sm"
      variant="light"
      loading={allow.busy}
      onClick={() => void allow.run(action.perform)}
      aria-label={text.activity.allowNamed({ site })}
    >
      {text.activity.allowSite}
    </Button>
  )
}
