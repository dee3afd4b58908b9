import { isRefusal, type Lease, type Refusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { NAMELESS_APP } from '#shared/keys/other-app.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { userAgentFamily } from '../head/user-agent.ts'
import type { Access } from '../ports.ts'
import { estimateOf } from '../token-use.ts'
import { cutOffRefusal } from './cut-off.ts'
import type { Step } from './step.ts'

const MOST_WAITS = 8

/** Checks the key's app, scope, endpoints and origin, and its person. A later step judges the model, because the body names it. */
export const authorise: Step = (context, { access }) => {
  const { key, route, path, origin } = context
  const refusal = access.authorise(key as Key, { route, path, origin, userAgent: context.headers['user-agent'] })
  if (refusal === null) {
    context.bounds = access.boundsOf(key as Key)
    return undefined
  }
  if (refusal.refused === 'other_app') access.askOtherApp(key as Key, callerOf(context))
  return counted(context, access, refusal)
}

/** How the question names the caller. Programs on this computer send no origin. */
function callerOf({ origin, headers }: ExchangeContext): string {
  return redactSecrets(origin ?? userAgentFamily(headers['user-agent']) ?? NAMELESS_APP)
}

/** Admits the request. From here on it counts against the key's limits, also while its body is read. */
export const takeLease: Step = (context, { access }) => {
  const refusal = admit(context, access)
  const more = refusal && access.moreSoon(context.key as Key)
  return more === undefined ? refusal : admitSoon(context, access, more)
}

/** Parts of a limit arrive one after the other, and other requests wait for them, too. */
async function admitSoon(
  context: ExchangeContext,
  access: Access,
  first: Promise<boolean>,
): Promise<Refusal | undefined> {
  let more: Promise<boolean> | undefined = first
  let refusal: Refusal | undefined
  for (let waits = 0; waits < MOST_WAITS && more !== undefined; waits++) {
    const isHere: boolean = await more
    // The client left meanwhile. A lease would then never end.
    if (context.isOver) return undefined
    refusal = admit(context, access)
    more = refusal !== undefined && isHere ? access.moreSoon(context.key as Key) : undefined
  }
  return refusal
}

function admit(context: ExchangeContext, access: Access): Refusal | undefined {
  const lease = access.admit(context.key as Key)
  if (isRefusal(lease)) return lease
  context.lease = lease
  return undefined
}

/** Checks the key again: it may have been disabled while a long body arrived, and others may have spent its tokens. */
export const reserveTokens: Step = (context, { access, config }) => {
  const cutOff = cutOffRefusal(config())
  if (cutOff !== undefined) return cutOff
  context.estimate = estimateOf(context)
  return access.reserveTokens(context.key as Key, context.lease as Lease, context.estimate) ?? undefined
}

/**
 * Counts a refusal of a known key against its requests per minute. Above that limit the refusal becomes `rate_limited`;
 * otherwise a client could try forbidden requests forever. Requests about the key itself never count.
 */
export function counted({ key, route }: ExchangeContext, access: Access, refusal: Refusal): Refusal {
  return route?.class === 'own' ? refusal : (access.countRefused(key as Key) ?? refusal)
}
