import { ActionIcon, Group, Menu, Stack, Switch, Text, VisuallyHidden } from '@mantine/core'
import { IconDots, IconMapPin, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { dueReminder } from '#shared/keys/expiry.ts'
import type { Key } from '#shared/keys/key.ts'
import type { KeyUse } from '#shared/keys/key-use.ts'
import { isOwner } from '#shared/people/person.ts'
import { useOrigins, usePeople } from '../../api/queries.ts'
import { Pill } from '../../parts/feedback/status.tsx'
import { SearchField } from '../../parts/fields/search-field.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import classes from '../../parts/parts.module.css'
import { columnWidth } from '../../parts/tables/column-width.ts'
import { SortHeader } from '../../parts/tables/sort-header.tsx'
import type { Sorting } from '../../parts/tables/sorting.ts'
import { type RowPlace, rowCount, VirtualRows } from '../../parts/tables/virtual-rows.tsx'
import { compareTexts, formatAgo, formatDate, formatDateTime, formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { arrangeKeys, type KeyColumn } from './arrange-keys.ts'
import { restrictionsOf } from './restrictions.ts'
import { useDeleteKey, useSwitchKey } from './use-key-actions.ts'
import { type KeyUses, useKeyUses } from './use-key-uses.ts'
import { UsedToday } from './used-today.tsx'

interface KeyTableProps {
  keys: readonly Key[]
  onEdit: (key: Key) => void
  onRotate: (key: Key) => void
  onPlaces: (key: Key) => void
}

export function KeyTable({ keys, onEdit, onRotate, onPlaces }: KeyTableProps) {
  const [search, setSearch] = useState('')
  const [sorting, setSorting] = useState<Sorting<KeyColumn>>({ by: 'name', descending: false })
  const used = useKeyUses()
  const tokensToday = new Map([...used.today].map(([id, sums]) => [id, sums.totalTokens]))
  const personNames = useSharedNames()
  const arranged = arrangeKeys(keys, { search, sorting, tokensToday, personNames, compareNames: compareTexts })
  return (
    <Stack gap="sm">
      <SearchField label={text.keys.search} value={search} onChange={setSearch} />
      {arranged.length === 0 ? (
        <Text c="dimmed" role="status">
          {text.keys.notFound({ search })}
        </Text>
      ) : (
        <div className={classes.tableScroll}>
          <table className={classes.table} aria-rowcount={rowCount(arranged)}>
            <Headings sorting={sorting} onSort={setSorting} />
            <VirtualRows rows={arranged} idOf={idOf} height={4}>
              {(key, place) => (
                <KeyRow
                  place={place}
                  shown={key}
                  person={personNames.get(key.person) ?? null}
                  used={used}
                  onEdit={() => onEdit(key)}
                  onRotate={() => onRotate(key)}
                  onPlaces={() => onPlaces(key)}
                />
              )}
            </VirtualRows>
          </table>
        </div>
      )}
    </Stack>
  )
}

const idOf = ({ id }: Key) => id

/** Names by person id, without the owner's: a person who shares nothing needs to see no name. */
function useSharedNames(): ReadonlyMap<string, string> {
  const others = (usePeople().data ?? []).filter((person) => !isOwner(person))
  return new Map(others.map(({ id, name }) => [id, name]))
}

interface HeadingsProps {
  sorting: Sorting<KeyColumn>
  onSort: (sorting: Sorting<KeyColumn>) => void
}

function Headings(props: HeadingsProps) {
  const columns = text.keys.columns
  return (
    <thead>
      <tr>
        <SortHeader column="name" {...props}>
          {columns.name}
        </SortHeader>
        <th data-optional style={{ width: '13rem' }}>
          {columns.may}
        </th>
        <SortHeader column="usedToday" descendingFirst width="clamp(7.5rem, 13vw, 11rem)" {...props}>
          {columns.usedToday}
        </SortHeader>
        <SortHeader column="lastUsed" descendingFirst roomy width="clamp(7.25rem, 12vw, 9.5rem)" {...props}>
          {columns.lastUsed}
        </SortHeader>
        <th style={{ width: columnWidth(columns.enabled, '4.25rem') }}>{columns.enabled}</th>
        <th style={{ width: '3.25rem' }}>
          <VisuallyHidden>{columns.actions}</VisuallyHidden>
        </th>
      </tr>
    </thead>
  )
}

interface KeyRowProps extends KeyMenuProps {
  place: RowPlace
  /** The name of its person; null for the owner. */
  person: string | null
  used: KeyUses
}

interface KeyMenuProps {
  shown: Key
  onEdit: () => void
  onRotate: () => void
  onPlaces: () => void
}

function KeyRow({ place, person, used, ...menu }: KeyRowProps) {
  const { shown } = menu
  const switching = useSwitchKey(shown)
  return (
    <tr {...place}>
      <td>
        <KeyName shown={shown} person={person} />
      </td>
      <td data-optional>
        <Text size="sm">{formatList(shown.scopes.map((scope) => text.words.scopes[scope]))}</Text>
        <Text size="xs" c="dimmed">
          {[...restrictionsOf(shown), ...(shown.online ? [text.keys.restricted.online] : [])].join(', ')}
        </Text>
      </td>
      <td>
        <UsedToday shown={shown} today={used.today.get(shown.id)} use={used.uses.get(shown.id)} />
      </td>
      <td data-roomy>
        <LastUsed at={shown.lastUsedAt} caller={used.uses.get(shown.id)?.lastCaller ?? null} />
      </td>
      <td>
        <Switch
          checked={shown.enabled}
          disabled={switching.busy}
          onChange={(event) => void switching.run(event.currentTarget.checked)}
          aria-label={text.keys.switchLabel({ name: shown.name })}
        />
      </td>
      <td>
        <KeyMenu {...menu} />
      </td>
    </tr>
  )
}

function KeyName({ shown, person }: { shown: Key; person: string | null }) {
  return (
    <>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {shown.name}
        </Text>
        <Validity shown={shown} />
      </Group>
      <Text size="xs" c="dimmed" className={classes.mono}>
        {shown.prefix}…{person === null ? '' : ` · ${person}`}
      </Text>
    </>
  )
}

function LastUsed({ at, caller }: { at: number | null; caller: KeyUse['lastCaller'] }) {
  const origins = useOrigins().data ?? []
  if (at === null) {
    return (
      <Text size="sm" c="dimmed">
        {text.words.never}
      </Text>
    )
  }
  const known = origins.find(({ origin }) => origin === caller?.origin)
  const who = caller?.origin == null ? caller?.userAgent : originName(known ?? { origin: caller.origin, label: null })
  return (
    <>
      <Text size="sm" title={formatDateTime(at)}>
        {formatAgo(at)}
      </Text>
      {who != null && (
        <Text size="xs" c="dimmed">
          {text.keys.lastFrom({ who })}
        </Text>
      )}
    </>
  )
}

function Validity({ shown }: { shown: Key }) {
  const now = Date.now()
  if (shown.expiresAt !== null && shown.expiresAt <= now) return <Pill kind="bad">{text.keys.expired}</Pill>
  if (shown.graceUntil !== null && shown.graceUntil > now) {
    return <Pill kind="wait">{text.keys.grace({ date: formatDateTime(shown.graceUntil) })}</Pill>
  }
  if (shown.expiresAt === null) return null
  return (
    <Pill kind={dueReminder(shown, now) === null ? 'plain' : 'wait'}>
      {text.keys.expires({ date: formatDate(shown.expiresAt) })}
    </Pill>
  )
}

function KeyMenu({ shown, onEdit, onRotate, onPlaces }: KeyMenuProps) {
  const deleting = useDeleteKey(shown)
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.shell.actionsFor({ name: shown.name })}>
          <IconDots size="1.2rem" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size="1rem" />} onClick={onEdit}>
          {text.keys.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconRefresh size="1rem" />} onClick={onRotate}>
          {text.keys.rotate}
        </Menu.Item>
        <Menu.Item leftSection={<IconMapPin size="1rem" />} onClick={onPlaces}>
          {text.keys.places.open}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="var(--mantine-color-error)"
          leftSection={<IconTrash size="1rem" />}
          onClick={() => void deleting.run()}
        >
          {text.keys.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
