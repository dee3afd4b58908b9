import type { Key } from '#shared/keys/key.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { userAgentFamily } from '../head/user-agent.ts'
import { counted } from './counted.ts'
import type { Step } from './step.ts'

/** Checks the key's app, scope, endpoints and origin. A later step judges the model, because the body names it. */
export const authorise: Step = (context, { access }) => {
  const { key, route, path, origin } = context
  const refusal = access.authorise(key as Key, { route, path, origin, userAgent: context.headers['user-agent'] })
  if (refusal === null) return undefined
  if (refusal.refused === 'other_app') access.askOtherApp(key as Key, callerOf(context))
  return counted(context, access, refusal)
}

/** How the question names the caller. Programs on this computer send no origin. */
function callerOf({ origin, headers }: ExchangeContext): string {
  return redactSecrets(origin ?? userAgentFamily(headers['user-agent']) ?? 'other')
}
