import { type ExchangeFilter, exchangeFilterSchema } from '#shared/gateway/exchange.ts'
import { ExportMenu } from '../../parts/files/export-menu.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { usePageState } from '../../parts/layout/page-state.ts'
import { text } from '../../text/text.ts'
import { FilterBar } from './filter-bar.tsx'
import { Requests } from './requests.tsx'

const EVERYTHING: ExchangeFilter = {}

/** All exchanges, live. Links from other pages set the filter with their state. */
export function ActivityPage() {
  const [filter, setFilter] = usePageState(exchangeFilterSchema, EVERYTHING)
  return (
    <>
      <PageHeader
        title={text.activity.title}
        intro={text.activity.intro}
        action={<ExportMenu files={[{ route: 'GET /api/export/exchanges', input: filter, name: 'requests' }]} />}
      />
      <FilterBar filter={filter} onChange={setFilter} />
      <Requests key={JSON.stringify(filter)} filter={filter} onShowAll={() => setFilter(EVERYTHING)} />
    </>
  )
}
