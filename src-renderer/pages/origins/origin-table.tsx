import { ActionIcon, Group, Menu, Switch, Text, VisuallyHidden } from '@mantine/core'
import { IconDots, IconPencil, IconPuzzle, IconTrash, IconWorld } from '@tabler/icons-react'
import type { OriginRecord } from '#shared/origin.ts'
import { isExtension, originName } from '../../parts/origin-name.ts'
import classes from '../../parts/parts.module.css'
import { Pill } from '../../parts/status.tsx'
import { formatAgo, formatDateTime, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { useDecide, useForget } from './use-origin-actions.ts'

interface OriginTableProps {
  origins: readonly OriginRecord[]
  onRename: (origin: OriginRecord) => void
}

export function OriginTable({ origins, onRename }: OriginTableProps) {
  const columns = text.origins.columns
  return (
    <div className={classes.tableScroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{columns.name}</th>
            <th>{columns.status}</th>
            <th data-number>{columns.requests}</th>
            <th data-optional>{columns.lastSeen}</th>
            <th>{columns.allowed}</th>
            <th>
              <VisuallyHidden>{columns.actions}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {origins.map((origin) => (
            <OriginRow key={origin.origin} shown={origin} onRename={() => onRename(origin)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface OriginRowProps {
  shown: OriginRecord
  onRename: () => void
}

function OriginRow({ shown, onRename }: OriginRowProps) {
  const decide = useDecide(shown)
  const name = originName(shown)
  const Icon = isExtension(shown.origin) ? IconPuzzle : IconWorld
  return (
    <tr>
      <td>
        <Group gap="sm" wrap="nowrap">
          <Icon size="1.3rem" stroke={1.6} aria-hidden className={classes.rowIcon} />
          <div>
            <Text fw={600}>{name}</Text>
            {name !== shown.origin && (
              <Text size="xs" c="dimmed" className={classes.mono}>
                {shown.origin}
              </Text>
            )}
          </div>
        </Group>
      </td>
      <td>
        <Pill kind={shown.status === 'allowed' ? 'good' : 'bad'}>{text.words.originStatus[shown.status]}</Pill>
        {shown.decidedBy === 'key' && shown.status === 'allowed' && (
          <Text size="xs" c="dimmed" mt={2}>
            {text.origins.byKey}
          </Text>
        )}
      </td>
      <td data-number>
        <Text size="sm">{formatNumber(shown.requests)}</Text>
        {shown.refused > 0 && (
          <Text size="xs" c="dimmed">
            {text.origins.refused(formatNumber(shown.refused))}
          </Text>
        )}
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
          aria-label={text.origins.switchLabel(name)}
        />
      </td>
      <td>
        <OriginMenu shown={shown} onRename={onRename} />
      </td>
    </tr>
  )
}

function OriginMenu({ shown, onRename }: OriginRowProps) {
  const forget = useForget(shown)
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.shell.actionsFor(originName(shown))}>
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
