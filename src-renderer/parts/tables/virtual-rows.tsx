import { Fragment, type ReactNode, type Ref, useRef } from 'react'
import classes from '../parts.module.css'
import { remToPixels, useRowWindow } from './use-row-window.ts'

/** Attributes for the row element of a long table. They also tell screen readers the row's position. */
export interface RowPlace {
  readonly ref: Ref<HTMLTableRowElement>
  readonly 'data-index': number
  readonly 'data-row': string
  readonly 'aria-rowindex': number
}

interface VirtualRowsProps<T> {
  rows: readonly T[]
  idOf: (row: T) => string
  /** The usual height of a row in rem. */
  height: number
  children: (row: T, place: RowPlace) => ReactNode
}

/**
 * The body of a long table. A gap of the same height replaces the rows out of sight. Its table needs `aria-rowcount`
 * from `rowCount`, so that screen readers count all rows and not only the drawn ones.
 */
export function VirtualRows<T>({ rows, idOf, height, children }: VirtualRowsProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const rowHeight = remToPixels(height)
  const { virtualizer, focusEvents } = useRowWindow({
    body,
    count: rows.length,
    estimateSize: () => rowHeight,
    idOf: (index) => nameAt(rows, index, idOf),
  })
  const { scrollMargin } = virtualizer.options
  let drawnTo = scrollMargin
  return (
    <tbody ref={body} {...focusEvents}>
      {virtualizer.getVirtualItems().map(({ index, start, end }) => {
        const row = rows[index]
        const gap = start - drawnTo
        drawnTo = end
        if (row === undefined) return null
        const id = idOf(row)
        const place = { 'data-index': index, 'data-row': id, 'aria-rowindex': index + 2 }
        return (
          <Fragment key={id}>
            <Gap height={gap} />
            {children(row, { ref: virtualizer.measureElement, ...place })}
          </Fragment>
        )
      })}
      <Gap height={scrollMargin + virtualizer.getTotalSize() - drawnTo} />
    </tbody>
  )
}

/** The number of rows of a table, with its one row of headings. */
export function rowCount(rows: readonly unknown[]): number {
  return rows.length + 1
}

function nameAt<T>(rows: readonly T[], index: number, idOf: (row: T) => string): string {
  const row = rows[index]
  return row === undefined ? '' : idOf(row)
}

function Gap({ height }: { height: number }) {
  if (height < 1) return null
  return (
    <tr aria-hidden className={classes.gap}>
      <td style={{ height }} />
    </tr>
  )
}
