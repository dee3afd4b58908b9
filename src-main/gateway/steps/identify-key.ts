import { isRefusal, type Refusal } from '#shared/decisions.ts'
import { plural } from '#shared/plural.ts'
import { findSecret } from '../carriers.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Access } from '../ports.ts'
import { counted } from './counted.ts'
import type { Step } from './step.ts'

/** The key is the authority: whoever has none that works ends here, wherever they come from. */
export const identifyKey: Step = (context, { access }) => {
  const carried = findSecret(context.headers, [context.pathSecret, context.labelSecret], context.config.cookieCarrier)
  if (carried === undefined) return fail(context, access, { refused: 'key_missing' })
  if (isRefusal(carried)) return fail(context, access, carried)
  const key = access.identify(carried.secret)
  if (isRefusal(key)) return fail(context, access, key)
  context.key = key
  context.connection.hasKey = true
  if (carried.inUrl && !key.allowInUrl) return counted(context, access, { refused: 'key_in_url' })
  return context.config.paused ? { refused: 'gateway_paused' } : undefined
}

/** Only requests without a valid key are slowed: a good key beside a failing program must not suffer for it. */
function fail({ address, origin }: ExchangeContext, access: Access, refusal: Refusal): Refusal {
  const wait = access.slowedFor(address, origin)
  access.noteFailure(address, origin)
  if (wait <= 0) return refusal
  return { refused: 'slow_down', retryAfter: wait, detail: plural(Math.ceil(wait), 'second') }
}
