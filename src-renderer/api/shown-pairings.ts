import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { PairingChange, PairingOutcome, PairingRequest } from '#shared/pairing/pairing.ts'
import { call } from './client.ts'
import { refetch } from './refetch.ts'

/** A request for a key. A window shows it until the person closes it, so also after its end. */
export interface ShownPairing {
  readonly request: PairingRequest
  /** null: it waits for the person. `over`: it ended while this window had no connection. */
  readonly outcome: PairingOutcome | 'over' | null
  /** The key that the app got; null unless `connected`. */
  readonly keyId: string | null
}

type Pairings = readonly ShownPairing[]

const QUERY_KEY = ['pairing']
/** An app could ask again and again under other names, and leave a card each time. */
const MOST_ENDED = 4

/** The requests that wait and those that ended since this window was opened, in the order in which they came. */
export const usePairings = () =>
  useQuery({
    queryKey: QUERY_KEY,
    queryFn: async ({ client }) => {
      const before = shownIn(client)
      return withOpen(await call('GET /api/pairing', {}), before, shownIn(client))
    },
  })

/** Adds the request of a `pairing-question` event. */
export function showQuestion(client: QueryClient, request: PairingRequest): Promise<void> {
  return change(client, (shown) => (shown.some(isOf(request.id)) ? shown : latest([...shown, waiting(request)])))
}

/** Applies a `pairing-change` event. A replaced request is dropped, because the same app's new one is shown. */
export function showChange(client: QueryClient, { id, outcome, keyId }: PairingChange): Promise<void> {
  return change(client, (shown) =>
    outcome === 'replaced'
      ? shown.filter((pairing) => !isOf(id)(pairing))
      : shown.map((pairing) => (isOf(id)(pairing) ? { ...pairing, outcome, keyId } : pairing)),
  )
}

/** Drops an ended request once the person has seen its end. */
export function closePairing(client: QueryClient, id: string): Promise<void> {
  return change(client, (shown) => shown.filter((pairing) => !isOf(id)(pairing)))
}

/** To be called when events were missed, because an approved app may have got its key meanwhile. */
export function doubtPairings(client: QueryClient): void {
  client.setQueryData<Pairings>(QUERY_KEY, (shown) =>
    shown?.map((pairing) => (pairing.outcome === 'approved' ? { ...pairing, outcome: 'over' } : pairing)),
  )
}

/**
 * Joins the core's list with the shown requests. `before` was shown when the list was requested: only its requests can
 * have ended before the list was made.
 */
export function withOpen(open: readonly PairingRequest[], before: Pairings, now: Pairings): Pairings {
  const isOpen = ({ request }: ShownPairing) => open.some(({ id }) => id === request.id)
  const known = now.map((pairing): ShownPairing => {
    if (isOpen(pairing) || pairing.outcome !== null || !before.some(isOf(pairing.request.id))) return pairing
    return { ...pairing, outcome: 'over' }
  })
  return [...known, ...open.filter(({ id }) => !now.some(isOf(id))).map(waiting)]
}

/** Cancels a running request for the list: its answer is older than the change and would undo it. */
async function change(client: QueryClient, to: (shown: Pairings) => Pairings): Promise<void> {
  await client.cancelQueries({ queryKey: QUERY_KEY })
  client.setQueryData<Pairings>(QUERY_KEY, (shown) => shown && to(shown))
  refetch(client, { queryKey: QUERY_KEY })
}

function shownIn(client: QueryClient): Pairings {
  return client.getQueryData<Pairings>(QUERY_KEY) ?? []
}

function waiting(request: PairingRequest): ShownPairing {
  return { request, outcome: null, keyId: null }
}

function isOf(id: string): (pairing: ShownPairing) => boolean {
  return ({ request }) => request.id === id
}

function latest(shown: Pairings): Pairings {
  const ended = shown.filter(({ outcome }) => outcome !== null)
  const dropped = ended.slice(0, Math.max(0, ended.length - MOST_ENDED))
  return shown.filter((pairing) => !dropped.includes(pairing))
}
