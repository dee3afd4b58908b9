import { Button, Text, VisuallyHidden } from '@mantine/core'
import { IconDatabaseExport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Backup } from '#shared/records/backup.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { ConfirmDialog } from '../../../parts/dialogs/confirm-dialog.tsx'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { EmptyState } from '../../../parts/feedback/empty-state.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import classes from '../../../parts/parts.module.css'
import { rowCount, VirtualRows } from '../../../parts/tables/virtual-rows.tsx'
import { formatBytes, formatDateTime } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'

export function BackupsCard() {
  const query = useQuery({ queryKey: ['backups'], queryFn: () => call('GET /api/backups', {}) })
  const make = useAction(() => call('POST /api/backups', {}))
  const [asked, setAsked] = useState<Backup | null>(null)
  const [restored, setRestored] = useState<Backup | null>(null)
  return (
    <Card
      title={text.data.backupsTitle}
      aside={
        <Button variant="default" loading={make.busy} onClick={() => void make.run()}>
          {text.data.makeBackup}
        </Button>
      }
    >
      <Text c="dimmed" mb="sm">
        {text.data.backupsText}
      </Text>
      {restored !== null && (
        <Callout kind="good" mb="sm" title={text.data.restored({ date: formatDateTime(restored.time) })}>
          {text.data.restoredText}
        </Callout>
      )}
      <Problem sentence={make.problem} />
      <QueryGate query={query}>
        {(backups) =>
          backups.length === 0 ? (
            <EmptyState icon={IconDatabaseExport} title={text.data.noBackups} description={text.data.noBackupsText} />
          ) : (
            <BackupTable backups={backups} onRestore={setAsked} />
          )
        }
      </QueryGate>
      {asked !== null && (
        <RestoreDialog backup={asked} onClose={() => setAsked(null)} onRestored={() => setRestored(asked)} />
      )}
    </Card>
  )
}

interface BackupTableProps {
  backups: readonly Backup[]
  onRestore: (backup: Backup) => void
}

function BackupTable({ backups, onRestore }: BackupTableProps) {
  return (
    <div className={classes.tableScroll}>
      <table className={classes.table} aria-rowcount={rowCount(backups)}>
        <thead>
          <tr>
            <th>{text.data.columns.when}</th>
            <th>{text.data.columns.kind}</th>
            <th data-number style={{ width: '6rem' }}>
              {text.data.columns.size}
            </th>
            <th style={{ width: '9rem' }}>
              <VisuallyHidden>{text.data.restore}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <VirtualRows rows={backups} idOf={({ name }) => name} height={3}>
          {(backup, place) => (
            <tr {...place}>
              <th scope="row">{formatDateTime(backup.time)}</th>
              <td>{text.data.kinds[backup.kind]}</td>
              <td data-number>{formatBytes(backup.bytes)}</td>
              <td data-number>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onRestore(backup)}
                  aria-label={text.shell.labelled({ label: text.data.restore, what: formatDateTime(backup.time) })}
                >
                  {text.data.restore}
                </Button>
              </td>
            </tr>
          )}
        </VirtualRows>
      </table>
    </div>
  )
}

interface RestoreDialogProps {
  backup: Backup
  onClose: () => void
  onRestored: () => void
}

function RestoreDialog({ backup: { name, time }, onClose, onRestored }: RestoreDialogProps) {
  const restore = useAction(() => call('POST /api/backups/restore', { name }))
  return (
    <ConfirmDialog
      title={text.data.restoreTitle({ date: formatDateTime(time) })}
      confirm={text.data.restoreDo}
      busy={restore.busy}
      problem={restore.problem}
      onClose={onClose}
      onConfirm={async () => {
        if ((await restore.run()) === undefined) return
        onRestored()
        onClose()
      }}
    >
      {text.data.restoreText}
    </ConfirmDialog>
  )
}
