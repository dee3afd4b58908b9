import { type AppState, isOfUse } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Remedy } from '#shared/gateway/refusal-table.ts'
import { isUpstreamFault } from '#shared/gateway/refusals.ts'
import type { IssuedKey } from '#shared/keys/key.ts'

/** A fault that stops every app, or the refusal of the app's latest request. */
export type Trouble =
  | { kind: 'trouble'; of: 'gateway' | 'pause' | 'upstream'; remedy: Remedy | null }
  | { kind: 'trouble'; of: 'exchange'; exchange: Exchange }

export type Verdict = { kind: 'waiting' } | { kind: 'connected'; exchange: Exchange } | Trouble

export interface Seen {
  /** Newest first. */
  readonly exchanges: readonly Exchange[]
  readonly key: Pick<IssuedKey, 'id' | 'createdAt'>
  readonly state: Pick<AppState, 'gateway' | 'upstream'>
}

/**
 * How far an app has come with a new key. Refusals without a recognised key count too, because a mistyped key causes
 * those. A later refusal does not undo a connection.
 */
export function judge({ exchanges, key, state }: Seen): Verdict {
  const since = exchanges.filter((exchange) => exchange.time >= key.createdAt)
  const arrived = since.find((exchange) => exchange.keyId === key.id && reachedUpstream(exchange))
  if (arrived !== undefined) return { kind: 'connected', exchange: arrived }
  return troubleOfAll(state) ?? troubleOfApp(since, key.id, state) ?? { kind: 'waiting' }
}

/** A fault that stops every app. */
function troubleOfAll({ gateway, upstream }: Seen['state']): Trouble | undefined {
  if (gateway.problem !== null) return { kind: 'trouble', of: 'gateway', remedy: null }
  if (gateway.status === 'paused') return { kind: 'trouble', of: 'pause', remedy: 'resume' }
  return isOfUse(upstream) ? undefined : { kind: 'trouble', of: 'upstream', remedy: 'checkUpstream' }
}

function troubleOfApp(since: readonly Exchange[], keyId: string, state: Seen['state']): Trouble | undefined {
  const exchange = since.find(
    (one) => (one.keyId === keyId || one.keyId === null) && !reachedUpstream(one) && !isOver(one, state),
  )
  return exchange && { kind: 'trouble', of: 'exchange', exchange }
}

/** True if the cause of a refusal has been removed since. */
function isOver({ reason, time }: Exchange, { upstream }: Seen['state']): boolean {
  return reason === 'gateway_paused' || (isUpstreamFault(reason) && upstream.checkedAt > time)
}

function reachedUpstream(exchange: Exchange): boolean {
  return exchange.outcome !== 'refused' && !isUpstreamFault(exchange.reason)
}
