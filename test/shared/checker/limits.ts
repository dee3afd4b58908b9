import type { Request, Violation } from './history.ts'

export interface RateLimit {
  readonly key: string
  readonly perMinute: number
  /** So many requests more the gateways may let in together. */
  readonly overrun: number
}

export interface ConcurrencyLimit {
  readonly key: string
  readonly most: number
  readonly overrun: number
}

const WINDOW_MS = 60_000
const TRANSIT_MS = 200

/** Promise about requests a minute: in no minute more than the limit and the stated overrun. Counts only what certainly was in it. */
export function checkRate(requests: readonly Request[], { key, perMinute, overrun }: RateLimit): Violation[] {
  const taken = allowedOf(requests, key).toSorted((one, other) => one.from - other.from)
  const most = Math.max(
    0,
    ...taken.map(({ from }) => taken.filter((one) => one.from >= from && one.head < from + WINDOW_MS).length),
  )
  if (most <= perMinute + overrun) return []
  return [
    {
      promise: 'limits',
      detail: `${key} had ${most} requests in a minute; at most ${perMinute} + ${overrun} were promised`,
    },
  ]
}

/** Promise about concurrency: never more at once than the limit and the stated overrun. */
export function checkConcurrency(
  requests: readonly Request[],
  { key, most: limit, overrun }: ConcurrencyLimit,
): Violation[] {
  // A gateway has ended a stream a little earlier than its client has read the last piece.
  const taken = allowedOf(requests, key).map(({ head, judged }) => ({ from: head, to: judged - TRANSIT_MS }))
  const most = Math.max(0, ...taken.map(({ from }) => taken.filter((one) => one.from <= from && one.to >= from).length))
  if (most <= limit + overrun) return []
  return [
    { promise: 'limits', detail: `${key} had ${most} requests at once; at most ${limit} + ${overrun} were promised` },
  ]
}

function allowedOf(requests: readonly Request[], key: string): Request[] {
  return requests.filter((request) => request.key === key && request.verdict === 'allowed')
}
