import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, type RefObject, useLayoutEffect, useState } from 'react'

/** Lists up to this length are drawn completely, so that the browser's search finds every row. */
const WHOLE_UP_TO = 60
/** Rows drawn above and below those in sight, so that the Tab key always finds the next row. */
const BEYOND_SIGHT = 8

interface RowWindowOptions {
  /** The element around the rows. */
  body: RefObject<HTMLElement | null>
  count: number
  /** The height in pixels until the row has been measured. */
  estimateSize: (index: number) => number
  /** The id of a row, which is also its attribute `data-row`. */
  idOf: (index: number) => string
}

/**
 * Selects the rows of a long list that are drawn: the rows in sight, and the row with the focus and its neighbours, so
 * that scrolling keeps the focus and the Tab key continues there. `focusEvents` go to the element around the rows.
 */
export function useRowWindow({ body, count, estimateSize, idOf }: RowWindowOptions) {
  const [focused, setFocused] = useState<string | null>(null)
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count,
    estimateSize,
    getItemKey: idOf,
    overscan: BEYOND_SIGHT,
    scrollMargin: useTop(body),
    useFlushSync: false,
    rangeExtractor: (range) => drawnRows(range, indexOf(focused, count, idOf)),
  })
  const focusEvents = {
    onFocus: ({ target }: FocusEvent) => setFocused(rowOf(target)),
    // null when the person changes to another window. The row gets the focus back later.
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) setFocused(rowOf(relatedTarget))
    },
  }
  return { virtualizer, focusEvents }
}

function drawnRows(range: Range, focused: number): number[] {
  if (range.count <= WHOLE_UP_TO) return Array.from({ length: range.count }, (_, index) => index)
  const inSight = defaultRangeExtractor(range)
  if (focused < 0) return inSight
  const beside = [focused - 1, focused, focused + 1].filter((index) => index >= 0 && index < range.count)
  return [...new Set([...inSight, ...beside])].sort((one, other) => one - other)
}

function rowOf(target: EventTarget): string | null {
  return target instanceof Element ? (target.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? null) : null
}

/** Finds a row by its id, because the order can have changed since it got the focus. -1 if there is none. */
function indexOf(id: string | null, count: number, idOf: (index: number) => string): number {
  if (id === null) return -1
  for (let index = 0; index < count; index++) if (idOf(index) === id) return index
  return -1
}

/** An element's distance from the top of the page in pixels. A change above it also changes the page's height. */
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

/** Converts rem to pixels. */
export function remToPixels(rem: number): number {
  return rem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
