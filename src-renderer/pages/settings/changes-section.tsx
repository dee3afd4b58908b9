import { Box, Button, Center, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { AuditEntry } from '#shared/audit.ts'
import { call } from '../../api/client.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { Callout } from '../../parts/callout.tsx'
import { Card } from '../../parts/card.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { Loading } from '../../parts/loading.tsx'
import classes from '../../parts/parts.module.css'
import { formatDateTime, formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const PAGE_LENGTH = 50

/** Who changed what, newest first. */
export function ChangesSection() {
  const query = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => call('GET /api/audit', { limit: PAGE_LENGTH, before: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE_LENGTH ? undefined : last.at(-1)?.id),
  })
  if (query.isError) return <Callout kind="bad" title={sentenceFor(query.error)} />
  if (query.data === undefined) return <Loading />
  const entries = query.data.pages.flat()
  return (
    <Card title={text.changes.title}>
      <Text c="dimmed" mb="sm">
        {text.changes.text}
      </Text>
      {entries.length === 0 ? (
        <EmptyState icon={IconHistory} title={text.changes.none} description={text.changes.noneText} />
      ) : (
        <ChangeTable entries={entries} />
      )}
      {query.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.changes.older}
          </Button>
        </Center>
      )}
    </Card>
  )
}

function ChangeTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { columns } = text.changes
  return (
    <Box className={classes.tableScroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{columns.when}</th>
            <th>{columns.what}</th>
            <th>{columns.where}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td style={{ whiteSpace: 'nowrap' }}>{formatDateTime(entry.time)}</td>
              <td>
                <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
                  {text.changes.actions[entry.action](entry.label ?? entry.subject ?? '')}
                </Text>
                {entry.fields.length > 0 && (
                  <Text size="xs" c="dimmed">
                    {formatList(entry.fields.map(fieldName))}
                  </Text>
                )}
              </td>
              <td>{text.changes.actors[entry.actor]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  )
}

/** A field that a later version has known keeps its own name. */
function fieldName(field: string): string {
  const names: Readonly<Record<string, string>> = text.changes.fields
  return Object.hasOwn(names, field) ? (names[field] ?? field) : field
}
