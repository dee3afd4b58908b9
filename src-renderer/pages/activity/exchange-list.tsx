import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Exchange } from '#shared/exchange.ts'
import { useOrigins } from '../../api/queries.ts'
import { useKeyNames } from '../../parts/use-key-names.ts'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'
import { ExchangeRow } from './exchange-row.tsx'

/** In rem, before a row has been measured. */
const ROW_HEIGHT = 3.75
const TROUBLE_HEIGHT = 6.5
/** How many rows before the end the next page is asked for. */
const AHEAD = 40

interface ExchangeListProps {
  rows: readonly Exchange[]
  /** Whether there is nothing older. */
  isWhole: boolean
  onOpen: (exchange: Exchange) => void
  onReachEnd: () => void
}

/** Only the rows in sight are in the page, so that ten thousand scroll like ten. */
export function ExchangeList({ rows, isWhole, onOpen, onReachEnd }: ExchangeListProps) {
  const keyName = useKeyNames()
  const origins = useOrigins().data ?? []
  const body = useRef<HTMLDivElement>(null)
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.outcome === 'ok' ? ROW_HEIGHT : TROUBLE_HEIGHT) * rem(),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    scrollMargin: useTop(body),
    useFlushSync: false,
  })
  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? 0

  useEffect(() => {
    if (last >= rows.length - AHEAD) onReachEnd()
  }, [last, rows.length, onReachEnd])

  return (
    <div role="table" aria-label={text.activity.list} aria-rowcount={isWhole ? rows.length + 1 : -1}>
      <Headings />
      <div role="rowgroup" ref={body} className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
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
        })}
      </div>
    </div>
  )
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

/** How far an element is from the top of the page, in pixels; whatever changes above it changes the page's height. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setTop(Math.round((element.current?.getBoundingClientRect().top ?? 0) + window.scrollY))
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    measure()
    return () => observer.disconnect()
  }, [element])
  return top
}

function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
