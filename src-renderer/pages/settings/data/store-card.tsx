import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DatabaseState } from '#shared/console-api/database.ts'
import { call } from '../../../api/client.ts'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import classes from '../../../parts/parts.module.css'
import { formatDateTime } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'
import { BackupsCard } from './backups-card.tsx'

/** The backups of the file, or else the database that has its own, and who uses it. */
export function StoreCard() {
  const query = useQuery({ queryKey: ['database'], queryFn: () => call('GET /api/database', {}) })
  return (
    <QueryGate query={query}>
      {({ database }) => (database === null ? <BackupsCard /> : <DatabaseCard database={database} />)}
    </QueryGate>
  )
}

function DatabaseCard({ database: { version, gateways } }: { database: DatabaseState }) {
  return (
    <Card title={text.data.databaseTitle}>
      <Text c="dimmed" mb="sm">
        {text.data.databaseText({ version })}
      </Text>
      <div className={classes.tableScroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>{text.data.columns.gateway}</th>
              <th>{text.data.columns.version}</th>
              <th>{text.data.columns.timeZone}</th>
              <th>{text.data.columns.since}</th>
            </tr>
          </thead>
          <tbody>
            {gateways.map(({ name, version: program, timeZone, startedAt, here }) => (
              <tr key={name}>
                <th scope="row">{here ? text.data.thisGateway({ name }) : name}</th>
                <td>{program}</td>
                <td>{timeZone}</td>
                <td>{formatDateTime(startedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
