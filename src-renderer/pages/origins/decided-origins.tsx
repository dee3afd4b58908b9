import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { call } from '../../api/client.ts'
import { SearchField } from '../../parts/fields/search-field.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import type { Sorting } from '../../parts/tables/sorting.ts'
import { compareTexts, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { arrangeOrigins, type OriginColumn, type OriginFilter } from './arrange-origins.ts'
import { OriginTable } from './origin-table.tsx'

const DAYS_30_MS = 30 * 86_400_000

interface DecidedOriginsProps {
  origins: readonly OriginRecord[]
  onRename: (origin: OriginRecord) => void
}

/** Allowed and blocked origins, with search and filter. */
export function DecidedOrigins({ origins, onRename }: DecidedOriginsProps) {
  const [search, setSearch] = useState('')
  const [filter, setFilter] = useState<OriginFilter>('all')
  const [sorting, setSorting] = useState<Sorting<OriginColumn>>({ by: 'lastSeen', descending: true })
  const used = useLately()
  const arranged = useMemo(() => {
    const tokens = new Map([...used].map(([origin, sums]) => [origin, sums.totalTokens]))
    const arrangement = { search, filter, sorting, tokens, nameOf: originName, compareNames: compareTexts }
    return arrangeOrigins(origins, arrangement)
  }, [origins, used, search, filter, sorting])
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <SearchField label={text.origins.search} value={search} onChange={setSearch} />
        <SegmentedControl
          aria-label={text.origins.filterLabel}
          data={filtersFor(origins)}
          value={filter}
          onChange={setFilter}
        />
      </Group>
      {arranged.length === 0 ? (
        <Text c="dimmed" role="status">
          {text.origins.notFound}
        </Text>
      ) : (
        <OriginTable origins={arranged} used={used} sorting={sorting} onSort={setSorting} onRename={onRename} />
      )}
    </Stack>
  )
}

function filtersFor(origins: readonly OriginRecord[]) {
  return (['all', 'allowed', 'blocked'] as const).map((value) => {
    const count = origins.filter(({ status }) => value === 'all' || status === value).length
    return { value, label: text.origins.filters[value]({ count: formatNumber(count) }) }
  })
}

/** Sums of the last 30 days by origin. */
function useLately(): ReadonlyMap<string, UsageSums> {
  const report = useQuery({
    queryKey: ['usage', '30 days', 'origin'],
    queryFn: () => call('GET /api/usage', { from: Date.now() - DAYS_30_MS, by: 'origin' }),
  })
  const values = report.data?.values
  return useMemo(() => new Map(values?.map((sums) => [sums.value, sums])), [values])
}
