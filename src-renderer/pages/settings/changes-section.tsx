import { Box, Button, Center, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { AuditEntry } from '#shared/records/audit.ts'
import { call } from '../../api/client.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { Loading } from '../../parts/feedback/loading.tsx'
import { SearchField } from '../../parts/fields/search-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import classes from '../../parts/parts.module.css'
import { rowCount, VirtualRows } from '../../parts/tables/virtual-rows.tsx'
import { formatDateTime, formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const PAGE_LENGTH = 200
/** Longer lists have a search field. */
const SEARCHED_FROM = 15

/** The audit trail, newest first. */
export function ChangesSection() {
  const [search, setSearch] = useState('')
  const query = useChanges(search !== '')
  const entries = useMemo(() => query.data?.pages.flat() ?? [], [query.data])
  if (query.isError) return <Callout kind="bad" title={sentenceFor(query.error)} />
  if (query.data === undefined) return <Loading />
  const found = matching(entries, search)
  return (
    <Card title={text.changes.title}>
      <Text c="dimmed" mb="sm">
        {text.changes.text}
      </Text>
      {entries.length > SEARCHED_FROM && (
        <SearchField label={text.changes.search} value={search} onChange={setSearch} mb="sm" />
      )}
      {entries.length === 0 && (
        <EmptyState icon={IconHistory} title={text.changes.none} description={text.changes.noneText} />
      )}
      {found.length > 0 && <ChangeTable entries={found} isWhole={!query.hasNextPage} />}
      {found.length === 0 && entries.length > 0 && !query.hasNextPage && (
        <Text c="dimmed" role="status">
          {text.changes.notFound({ search })}
        </Text>
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

/** Loads the audit trail page by page; a search loads all pages. */
function useChanges(all: boolean) {
  const query = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => call('GET /api/audit', { limit: PAGE_LENGTH, before: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE_LENGTH ? undefined : last.at(-1)?.id),
  })
  const { hasNextPage, isFetching, isError, fetchNextPage } = query
  useEffect(() => {
    if (all && hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [all, hasNextPage, isFetching, isError, fetchNextPage])
  return query
}

/** The entries whose row in the table contains the search. */
function matching(entries: readonly AuditEntry[], search: string): readonly AuditEntry[] {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return entries
  return entries.filter((entry) =>
    [sentenceOf(entry), fieldsOf(entry), personOf(entry), placeOf(entry)].join(' ').toLowerCase().includes(wanted),
  )
}

function sentenceOf({ action, label, subject }: AuditEntry): string {
  const sentence = text.changes.actions[action.replace('.', '_') as Underscored<typeof action>]
  return typeof sentence === 'string' ? sentence : sentence({ name: label ?? subject ?? '' })
}

/** `key.create` as a message name: `key_create`, because a dot separates the parts of a name. */
type Underscored<Name extends string> = Name extends `${infer Subject}.${infer Verb}` ? `${Subject}_${Verb}` : Name

function fieldsOf({ fields }: AuditEntry): string {
  return formatList(fields.map(fieldName))
}

/** Empty if it is not known who it was. */
function personOf({ person, personName }: AuditEntry): string {
  return personName ?? (person === null ? '' : text.changes.removedPerson)
}

function placeOf({ actor, address }: AuditEntry): string {
  const place = text.changes.actors[actor]
  return address === null ? place : `${place}, ${address}`
}

interface ChangeTableProps {
  entries: readonly AuditEntry[]
  /** True if there is nothing older. */
  isWhole: boolean
}

function ChangeTable({ entries, isWhole }: ChangeTableProps) {
  const { columns } = text.changes
  return (
    <Box className={classes.tableScroll}>
      <table className={classes.table} aria-rowcount={isWhole ? rowCount(entries) : -1}>
        <thead>
          <tr>
            <th style={{ width: 'clamp(7rem, 16vw, 11rem)' }}>{columns.when}</th>
            <th>{columns.what}</th>
            <th style={{ width: 'clamp(6.5rem, 18vw, 12rem)' }}>{columns.where}</th>
          </tr>
        </thead>
        <VirtualRows rows={entries} idOf={({ id }) => String(id)} height={3.25}>
          {(entry, place) => (
            <tr {...place}>
              <td>{formatDateTime(entry.time)}</td>
              <td>
                <Text size="sm" fw={550}>
                  {sentenceOf(entry)}
                </Text>
                {entry.fields.length > 0 && (
                  <Text size="xs" c="dimmed">
                    {fieldsOf(entry)}
                  </Text>
                )}
              </td>
              <td>
                <Text size="sm">{personOf(entry)}</Text>
                <Text size="xs" c="dimmed">
                  {placeOf(entry)}
                </Text>
              </td>
            </tr>
          )}
        </VirtualRows>
      </table>
    </Box>
  )
}

/** A field from a later version keeps its own name. */
function fieldName(field: string): string {
  const names: Readonly<Record<string, string>> = text.changes.fields
  return Object.hasOwn(names, field) ? (names[field] ?? field) : field
}
