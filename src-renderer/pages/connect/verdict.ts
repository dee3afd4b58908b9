import { type AppState, isOfUse } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Remedy } from '#shared/gateway/refusal-table.ts'
import { isUpstreamFault, remedyOf } from '#shared/gateway/refusals.ts'
import type { IssuedKey } from '#shared/keys/key.ts'

/** What one button can do about what is wrong. */
export type Mend =
  | 'copyKey'
  | 'copyAddress'
  | 'allowOrigin'
  | 'checkUpstream'
  | 'resume'
  | 'enableKey'
  | 'allowMore'
  | 'allowInUrl'
  | 'allowOnline'
  | 'allowOtherApps'

/** What is wrong: with Latchkey or the upstream, whatever the app does, or with what has come from it. */
export type Trouble =
  | { kind: 'trouble'; of: 'gateway' | 'pause' | 'upstream'; mend: Mend | null }
  | { kind: 'trouble'; of: 'exchange' | 'address'; exchange: Exchange; mend: Mend | null }

export type Verdict = { kind: 'waiting' } | { kind: 'connected'; exchange: Exchange } | Trouble

/** How this page does what the table of refusals names as the remedy; null where it cannot. */
const MENDS: { readonly [R in Remedy]: Mend | null } = {
  allowOrigin: 'allowOrigin',
  addOrigin: null,
  addModel: null,
  addEndpoint: null,
  addScope: 'allowMore',
  allowInUrl: 'allowInUrl',
  allowOnline: 'allowOnline',
  allowOtherApps: 'allowOtherApps',
  enableKey: 'enableKey',
  openKeys: null,
  giveKey: 'copyKey',
  copyAddress: 'copyAddress',
  resume: 'resume',
  checkUpstream: 'checkUpstream',
}

export interface Seen {
  /** Newest first. */
  readonly exchanges: readonly Exchange[]
  readonly key: Pick<IssuedKey, 'id' | 'createdAt'>
  readonly state: Pick<AppState, 'gateway' | 'upstream'>
}

/**
 * How far an app has come with a key since it was made. A refusal before any key is recognised counts too: that is how
 * a mistyped key looks. Once connected, nothing that is refused later undoes it.
 */
export function judge({ exchanges, key, state }: Seen): Verdict {
  const since = exchanges.filter((exchange) => exchange.time >= key.createdAt)
  const arrived = since.find((exchange) => exchange.keyId === key.id && reachedUpstream(exchange))
  if (arrived !== undefined) return { kind: 'connected', exchange: arrived }
  return troubleOfAll(state) ?? troubleOfApp(since, key.id, state) ?? { kind: 'waiting' }
}

/** What would be in the way of every app. */
function troubleOfAll({ gateway, upstream }: Seen['state']): Trouble | undefined {
  if (gateway.problem !== null) return { kind: 'trouble', of: 'gateway', mend: null }
  if (gateway.status === 'paused') return { kind: 'trouble', of: 'pause', mend: 'resume' }
  return isOfUse(upstream) ? undefined : { kind: 'trouble', of: 'upstream', mend: 'checkUpstream' }
}

function troubleOfApp(since: readonly Exchange[], keyId: string, state: Seen['state']): Trouble | undefined {
  const exchange = since.find(
    (one) => (one.keyId === keyId || one.keyId === null) && !reachedUpstream(one) && !isOver(one, state),
  )
  if (exchange === undefined) return undefined
  // To let the key do more would only change one error for another: the upstream has no such address either.
  const isUnknown = exchange.reason === 'scope_missing' && exchange.routeClass === 'unknown'
  const lost = isUnknown || exchange.reason === 'wrong_address'
  return lost
    ? { kind: 'trouble', of: 'address', exchange, mend: 'copyAddress' }
    : { kind: 'trouble', of: 'exchange', exchange, mend: mendFor(exchange) }
}

/** Whether what stopped an exchange has been mended since. */
function isOver({ reason, time }: Exchange, { upstream }: Seen['state']): boolean {
  return reason === 'gateway_paused' || (isUpstreamFault(reason) && upstream.checkedAt > time)
}

function reachedUpstream(exchange: Exchange): boolean {
  return exchange.outcome !== 'refused' && !isUpstreamFault(exchange.reason)
}

function mendFor(exchange: Exchange): Mend | null {
  const remedy = remedyOf(exchange.reason)
  const mend = remedy === null ? null : MENDS[remedy]
  return mend === 'allowOrigin' && exchange.origin === null ? null : mend
}
