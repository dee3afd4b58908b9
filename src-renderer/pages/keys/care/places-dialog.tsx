import { Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { Key } from '#shared/keys/key.ts'
import type { KeyPlace, KeyPlaces } from '#shared/keys/key-use.ts'
import { call } from '../../../api/client.ts'
import { useOrigins, useSettings } from '../../../api/queries.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { modelText, programText } from '../../../parts/exchanges/recorded-names.ts'
import { EmptyState } from '../../../parts/feedback/empty-state.tsx'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { siteNameOf } from '../../../parts/origins/origin-name.ts'
import { formatAgo, formatDateTime } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'
import classes from './care.module.css'

interface PlacesDialogProps {
  shown: Key
  onClose: () => void
}

/** The sites, programs and models that used a key, with links to their requests. */
export function PlacesDialog({ shown, onClose }: PlacesDialogProps) {
  // Below `keys` in the cache, so that the same events update it.
  const places = useQuery({
    queryKey: ['keys', 'places', shown.id],
    queryFn: () => call('GET /api/keys/:id/places', {}, shown.id),
  })
  return (
    <Dialog onClose={onClose} size="lg" title={text.keys.places.title({ name: shown.name })}>
      <QueryGate query={places}>
        {(found) => (isEmpty(found) ? <None shown={shown} /> : <Found shown={shown} found={found} />)}
      </QueryGate>
    </Dialog>
  )
}

function isEmpty({ sites, programs, models }: KeyPlaces): boolean {
  return [sites, programs, models].every(({ places }) => places.length === 0)
}

function None({ shown }: { shown: Key }) {
  const { none, noneText, goneText } = text.keys.places
  if (shown.lastUsedAt === null) return <EmptyState icon={IconKey} title={none} description={noneText} />
  return <Text>{goneText}</Text>
}

function Found({ shown, found: { sites, programs, models, since } }: { shown: Key; found: KeyPlaces }) {
  const origins = useOrigins().data ?? []
  const words = text.keys.places
  const filter = { key: shown.id }
  return (
    <Stack>
      <Places
        title={words.sites}
        list={sites}
        nameOf={(value) => siteNameOf(value, origins)}
        filterOf={(origin) => ({ ...filter, origin })}
      />
      <Places title={words.programs} list={programs} nameOf={programText} />
      <Places title={words.models} list={models} nameOf={modelText} filterOf={(model) => ({ ...filter, model })} />
      <Extent since={since} />
      <Link href="/activity" state={filter} className={classes.link ?? ''}>
        {words.all}
      </Link>
    </Stack>
  )
}

interface PlacesProps {
  title: string
  list: KeyPlaces['sites']
  nameOf: (value: string) => string
  /** The requests of one place. Absent if the activity page cannot show them alone. */
  filterOf?: (value: string) => ExchangeFilter
}

function Places({ title, list: { places, others }, nameOf, filterOf }: PlacesProps) {
  if (places.length === 0) return null
  return (
    <section aria-label={title}>
      <Text component="h3" size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <ul className={classes.places}>
        {places.map((place) => (
          <Place key={place.value} place={place} name={nameOf(place.value)} filter={filterOf?.(place.value)} />
        ))}
      </ul>
      {others > 0 && (
        <Text size="sm" c="dimmed">
          {text.keys.places.others({ count: others })}
        </Text>
      )}
    </section>
  )
}

function Place({ place, name, filter }: { place: KeyPlace; name: string; filter: ExchangeFilter | undefined }) {
  return (
    <li className={classes.place}>
      {filter === undefined ? (
        <span className={classes.placeName}>{name}</span>
      ) : (
        <Link href="/activity" state={filter} className={`${classes.placeName} ${classes.link}`}>
          {name}
        </Link>
      )}
      <Text span size="sm" c="dimmed" title={formatDateTime(place.lastAt)}>
        {text.keys.used.requestsToday({ requests: place.requests })} · {formatAgo(place.lastAt)}
      </Text>
    </li>
  )
}

/** How far back the counts go. */
function Extent({ since }: { since: number | null }) {
  const days = useSettings().data?.retentionDays
  if (since === null && days === undefined) return null
  return (
    <Text size="sm" c="dimmed">
      {since === null
        ? text.keys.places.kept({ days: days ?? 0 })
        : text.keys.places.since({ date: formatDateTime(since) })}
    </Text>
  )
}
