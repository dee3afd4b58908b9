import type { Exchange } from '#shared/exchange.ts'
import type { RefusalCode } from '#shared/refusals.ts'

/** What one button can do about a refusal. */
export type Mend =
  | 'copyKey'
  | 'copyAddress'
  | 'allowOrigin'
  | 'checkUpstream'
  | 'resume'
  | 'enableKey'
  | 'allowEverything'
  | 'allowInUrl'

export type Verdict =
  | { kind: 'waiting' }
  | { kind: 'connected'; exchange: Exchange }
  | { kind: 'trouble'; exchange: Exchange; mend: Mend | null }

const MENDS: Partial<Record<string, Mend>> = {
  key_missing: 'copyKey',
  key_in_query: 'copyKey',
  key_malformed: 'copyKey',
  key_unknown: 'copyKey',
  slow_down: 'copyKey',
  bad_path: 'copyAddress',
  host_not_allowed: 'copyAddress',
  key_disabled: 'enableKey',
  origin_blocked: 'allowOrigin',
  origin_not_approved: 'allowOrigin',
  key_in_url: 'allowInUrl',
  scope_missing: 'allowEverything',
  gateway_paused: 'resume',
  upstream_unreachable: 'checkUpstream',
} satisfies Partial<Record<RefusalCode, Mend>>

/**
 * What the exchanges (newest first) say of a key since it was made. A refusal before any key is recognised counts too:
 * that is how a mistyped key looks. Once connected, later refusals do not undo it.
 */
export function judge(exchanges: readonly Exchange[], key: { id: string; createdAt: number }): Verdict {
  const since = exchanges.filter((exchange) => exchange.time >= key.createdAt)
  const arrived = since.find((exchange) => exchange.keyId === key.id && reachedUpstream(exchange))
  if (arrived !== undefined) return { kind: 'connected', exchange: arrived }
  const refused = since.find(
    (exchange) => (exchange.keyId === key.id || exchange.keyId === null) && !reachedUpstream(exchange),
  )
  if (refused === undefined) return { kind: 'waiting' }
  return { kind: 'trouble', exchange: refused, mend: mendFor(refused) }
}

function reachedUpstream(exchange: Exchange): boolean {
  return exchange.outcome !== 'refused' && exchange.reason !== 'upstream_unreachable'
}

function mendFor(exchange: Exchange): Mend | null {
  const mend = MENDS[exchange.reason ?? ''] ?? null
  return mend === 'allowOrigin' && exchange.origin === null ? null : mend
}
