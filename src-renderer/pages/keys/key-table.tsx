import { ActionIcon, Group, Menu, Switch, Text, VisuallyHidden } from '@mantine/core'
import { IconDots, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react'
import type { Key } from '#shared/key.ts'
import classes from '../../parts/parts.module.css'
import { Pill } from '../../parts/status.tsx'
import { formatAgo, formatDate, formatDateTime, formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { restrictionsOf } from './restrictions.ts'
import { useDeleteKey, useSwitchKey } from './use-key-actions.ts'

interface KeyTableProps {
  keys: readonly Key[]
  onEdit: (key: Key) => void
  onRotate: (key: Key) => void
}

export function KeyTable({ keys, onEdit, onRotate }: KeyTableProps) {
  const columns = text.keys.columns
  return (
    <div className={classes.tableScroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{columns.name}</th>
            <th>{columns.may}</th>
            <th>{columns.lastUsed}</th>
            <th>{columns.enabled}</th>
            <th>
              <VisuallyHidden>{columns.actions}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} shown={key} onEdit={() => onEdit(key)} onRotate={() => onRotate(key)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface KeyRowProps {
  shown: Key
  onEdit: () => void
  onRotate: () => void
}

function KeyRow({ shown, onEdit, onRotate }: KeyRowProps) {
  const switching = useSwitchKey(shown)
  return (
    <tr>
      <td>
        <Group gap="xs">
          <Text fw={600}>{shown.name}</Text>
          <Validity shown={shown} />
        </Group>
        <Text size="sm" c="dimmed" className={classes.mono}>
          {shown.prefix}…{shown.owner === null ? '' : ` · ${shown.owner}`}
        </Text>
      </td>
      <td>
        <Text size="sm">{formatList(shown.scopes.map((scope) => text.words.scopes[scope]))}</Text>
        <Text size="sm" c="dimmed">
          {restrictionsOf(shown).join(', ')}
        </Text>
      </td>
      <td>
        <Text size="sm" c="dimmed" {...(shown.lastUsedAt === null ? {} : { title: formatDateTime(shown.lastUsedAt) })}>
          {shown.lastUsedAt === null ? text.words.never : formatAgo(shown.lastUsedAt)}
        </Text>
      </td>
      <td>
        <Switch
          checked={shown.enabled}
          disabled={switching.busy}
          onChange={(event) => void switching.run(event.currentTarget.checked)}
          aria-label={text.keys.switchLabel(shown.name)}
        />
      </td>
      <td>
        <KeyMenu shown={shown} onEdit={onEdit} onRotate={onRotate} />
      </td>
    </tr>
  )
}

function Validity({ shown }: { shown: Key }) {
  const now = Date.now()
  if (shown.expiresAt !== null && shown.expiresAt <= now) return <Pill kind="bad">{text.keys.expired}</Pill>
  if (shown.graceUntil !== null && shown.graceUntil > now) {
    return <Pill kind="wait">{text.keys.grace(formatDateTime(shown.graceUntil))}</Pill>
  }
  return shown.expiresAt === null ? null : <Pill kind="plain">{text.keys.expires(formatDate(shown.expiresAt))}</Pill>
}

function KeyMenu({ shown, onEdit, onRotate }: KeyRowProps) {
  const deleting = useDeleteKey(shown)
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.shell.actionsFor(shown.name)}>
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
