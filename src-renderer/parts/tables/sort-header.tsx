import { UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from '../parts.module.css'
import type { Sorting } from './sorting.ts'

interface SortHeaderProps<C extends string> {
  column: C
  sorting: Sorting<C>
  /** True if the first press sorts in descending order, such as for times and counts. */
  descendingFirst?: boolean
  /** True if narrow windows hide the column. */
  optional?: boolean
  /** True if phones hide the column. */
  roomy?: boolean
  /** The width of the column in CSS; without it the column gets the remaining space. */
  width?: string
  onSort: (sorting: Sorting<C>) => void
  children: ReactNode
}

/** The heading of a column. A press sorts the rows by it. */
export function SortHeader<C extends string>(props: SortHeaderProps<C>) {
  const { column, sorting, descendingFirst = false, optional, roomy, width, onSort, children } = props
  const active = sorting.by === column
  const Icon = sorting.descending ? IconArrowDown : IconArrowUp
  return (
    <th
      aria-sort={active ? (sorting.descending ? 'descending' : 'ascending') : undefined}
      data-optional={optional}
      data-roomy={roomy}
      style={{ width }}
    >
      <UnstyledButton
        className={classes.sort}
        onClick={() => onSort({ by: column, descending: active ? !sorting.descending : descendingFirst })}
      >
        {children}
        <Icon size="0.875rem" aria-hidden className={classes.sortIcon} data-active={active || undefined} />
      </UnstyledButton>
    </th>
  )
}
