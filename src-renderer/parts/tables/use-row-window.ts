import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, type RefObject, useLayoutEffect, useState } from 'react'

/** A list of up to so many rows is drawn whole, so that the browser's own search finds every row. */
const WHOLE_UP_TO = 60
/** How many rows are drawn above and below those in sight, so that the Tab key always finds the next one. */
const BEYOND_SIGHT = 8

interface RowWindowOptions {
  /** The element around the rows. */
  body: RefObject<HTMLElement | null>
  count: number
  /** Pixels, until the row has been drawn. */
  estimateSize: (index: number) => number
  /** The name of a row, which it also has as its attribute `data-row`. */
  idOf: (index: number) => string
}

/**
 * Which rows of a long list are drawn: those in sight, and the one with the focus between its neighbours, so that
 * scrolling never loses it and the Tab key goes on from there. `focusEvents` are for the element around the rows.
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
    // Nothing else gets the focus when the person changes to another window: it comes back to the row.
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

/** By its name: the rows may have come into another order since it got the focus. -1 where none has it. */
function indexOf(id: string | null, count: number, idOf: (index: number) => string): number {
  if (id === null) return -1
  for (let index = 0; index < count; index++) if (idOf(index) === id) return index
  return -1
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

/** The pixels of a number of rem. */
export function remToPixels(rem: number): number {
  return rem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
