import { type RefObject, useEffect, useRef } from 'react'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { useOrigins } from '../../api/queries.ts'
import { useKeyNames } from '../../parts/exchanges/use-key-names.ts'
import { remToPixels, useRowWindow } from '../../parts/tables/use-row-window.ts'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'
import { ExchangeRow } from './exchange-row.tsx'

/** In rem, until the row has been measured. */
const ROW_HEIGHT = 3.75
const TROUBLE_HEIGHT = 6.5
/** The next page is requested this many rows before the end. */
const AHEAD = 40

interface ExchangeListProps {
  rows: readonly Exchange[]
  /** True if there is nothing older. */
  isWhole: boolean
  onOpen: (exchange: Exchange) => void
  onReachEnd: () => void
}

/** Draws only the rows in sight, so that ten thousand rows scroll as fast as ten. */
export function ExchangeList({ rows, isWhole, onOpen, onReachEnd }: ExchangeListProps) {
  const body = useRef<HTMLDivElement>(null)
  const { virtualizer, focusEvents } = useExchangeWindow(body, rows)
  const last = virtualizer.getVirtualItems().at(-1)?.index ?? 0

  useEffect(() => {
    if (last >= rows.length - AHEAD) onReachEnd()
  }, [last, rows.length, onReachEnd])

  return (
    <div role="table" aria-label={text.activity.list} aria-rowcount={isWhole ? rows.length + 1 : -1}>
      <Headings />
      <div
        role="rowgroup"
        ref={body}
        className={classes.body}
        style={{ height: virtualizer.getTotalSize() }}
        {...focusEvents}
      >
        <Rows rows={rows} virtualizer={virtualizer} onOpen={onOpen} />
      </div>
    </div>
  )
}

function useExchangeWindow(body: RefObject<HTMLDivElement | null>, rows: readonly Exchange[]) {
  const rem = remToPixels(1)
  return useRowWindow({
    body,
    count: rows.length,
    estimateSize: (index) => (rows[index]?.outcome === 'ok' ? ROW_HEIGHT : TROUBLE_HEIGHT) * rem,
    idOf: (index) => rows[index]?.id ?? '',
  })
}

interface RowsProps extends Pick<ExchangeListProps, 'rows' | 'onOpen'> {
  virtualizer: ReturnType<typeof useExchangeWindow>['virtualizer']
}

function Rows({ rows, virtualizer, onOpen }: RowsProps) {
  const keyName = useKeyNames()
  const origins = useOrigins().data ?? []
  return virtualizer.getVirtualItems().map(({ index, key, start }) => {
    const exchange = rows[index]
    return (
      exchange !== undefined && (
        <ExchangeRow
          key={key}
          ref={virtualizer.measureElement}
          index={index}
          top={start - virtualizer.options.scrollMargin}
          exchange={exchange}
          keyName={keyName(exchange.keyId)}
          origins={origins}
          onOpen={onOpen}
        />
      )
    )
  })
}

function Headings() {
  const { when, who, what, tokens, result } = text.activity.columns
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className={classes.headings}>
        <div role="columnheader">{when}</div>
        <div role="columnheader">{who}</div>
        <div role="columnheader">{what}</div>
        <div role="columnheader" className={classes.tokens}>
          {tokens}
        </div>
        <div role="columnheader">{result}</div>
      </div>
    </div>
  )
}
