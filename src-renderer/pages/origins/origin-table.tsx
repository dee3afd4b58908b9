import { ActionIcon, Group, Menu, Switch, Text, VisuallyHidden } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { Pill } from '../../parts/feedback/status.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import classes from '../../parts/parts.module.css'
import { columnWidth } from '../../parts/tables/column-width.ts'
import { SortHeader } from '../../parts/tables/sort-header.tsx'
import type { Sorting } from '../../parts/tables/sorting.ts'
import { type RowPlace, rowCount, VirtualRows } from '../../parts/tables/virtual-rows.tsx'
import { formatAgo, formatDateTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import type { OriginColumn } from './arrange-origins.ts'
import { OriginIcon } from './origin-icon.tsx'
import own from './origins.module.css'
import { useDecide, useForget } from './use-origin-actions.ts'

interface OriginTableProps {
  /** In the order of the rows. */
  origins: readonly OriginRecord[]
  /** Sums of the last 30 days by origin. */
  used: ReadonlyMap<string, UsageSums>
  sorting: Sorting<OriginColumn>
  onSort: (sorting: Sorting<OriginColumn>) => void
  onRename: (origin: OriginRecord) => void
}

export function OriginTable({ origins, used, onRename, ...sorts }: OriginTableProps) {
  const columns = text.origins.columns
  return (
    <div className={classes.tableScroll}>
      <table className={classes.table} aria-rowcount={rowCount(origins)}>
        <thead>
          <tr>
            <SortHeader column="name" {...sorts}>
              {columns.name}
            </SortHeader>
            <th data-optional style={{ width: '11rem' }}>
              {columns.status}
            </th>
            <SortHeader column="tokens" descendingFirst width="clamp(8rem, 13vw, 11rem)" {...sorts}>
              {columns.used}
            </SortHeader>
            <SortHeader column="lastSeen" descendingFirst optional width="8.5rem" {...sorts}>
              {columns.lastSeen}
            </SortHeader>
            <th style={{ width: columnWidth(columns.allowed, '5.5rem') }}>{columns.allowed}</th>
            <th style={{ width: '3.25rem' }}>
              <VisuallyHidden>{columns.actions}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <VirtualRows rows={origins} idOf={nameOfRow} height={3.75}>
          {(origin, place) => (
            <OriginRow place={place} shown={origin} used={used.get(origin.origin)} onRename={() => onRename(origin)} />
          )}
        </VirtualRows>
      </table>
    </div>
  )
}

const nameOfRow = ({ origin }: OriginRecord) => origin

interface OriginRowProps extends OriginMenuProps {
  place: RowPlace
  used: UsageSums | undefined
}

interface OriginMenuProps {
  shown: OriginRecord
  onRename: () => void
}

function OriginRow({ place, shown, used, onRename }: OriginRowProps) {
  const decide = useDecide(shown)
  return (
    <tr {...place}>
      <td>
        <Who shown={shown} />
      </td>
      <td data-optional>
        <Decision shown={shown} />
      </td>
      <td>
        <Used sums={used} />
      </td>
      <td title={formatDateTime(shown.lastSeenAt)} data-optional>
        <Text size="sm" c="dimmed">
          {formatAgo(shown.lastSeenAt)}
        </Text>
      </td>
      <td>
        <Switch
          checked={shown.status === 'allowed'}
          disabled={decide.busy}
          onChange={(event) => void decide.run(event.currentTarget.checked ? 'allowed' : 'blocked')}
          aria-label={text.origins.switchLabel({ name: originName(shown) })}
        />
      </td>
      <td>
        <OriginMenu shown={shown} onRename={onRename} />
      </td>
    </tr>
  )
}

function Who({ shown }: { shown: OriginRecord }) {
  const name = originName(shown)
  return (
    <Group gap="sm" wrap="nowrap">
      <OriginIcon {...shown} />
      <div className={own.who}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        {name !== shown.origin && (
          <Text size="xs" c="dimmed" className={own.address} title={shown.origin}>
            {shown.origin}
          </Text>
        )}
      </div>
    </Group>
  )
}

function Decision({ shown: { status, decidedBy } }: { shown: OriginRecord }) {
  return (
    <>
      <Pill kind={status === 'allowed' ? 'good' : 'bad'}>{text.words.originStatus[status]}</Pill>
      {decidedBy === 'key' && status === 'allowed' && (
        <Text size="xs" c="dimmed" mt={2} style={{ whiteSpace: 'nowrap' }}>
          {text.origins.byKey}
        </Text>
      )}
    </>
  )
}

function Used({ sums }: { sums: UsageSums | undefined }) {
  const { requests, refused, totalTokens } = sums ?? { requests: 0, refused: 0, totalTokens: 0 }
  const all = text.origins.requests({ count: requests })
  return (
    <>
      <Text size="sm">{refused === 0 ? all : `${all}, ${text.origins.refused({ count: refused })}`}</Text>
      <Text size="xs" c="dimmed">
        {text.origins.tokens({ count: totalTokens })}
      </Text>
    </>
  )
}

function OriginMenu({ shown, onRename }: OriginMenuProps) {
  const forget = useForget(shown)
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={text.shell.actionsFor({ name: originName(shown) })}
        >
          <IconDots size="1.2rem" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size="1rem" />} onClick={onRename}>
          {text.origins.rename}
        </Menu.Item>
        <Menu.Item
          color="var(--mantine-color-error)"
          leftSection={<IconTrash size="1rem" />}
          onClick={() => void forget.run()}
        >
          {text.origins.forget}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
