import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { plural } from '#shared/text/plural.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { type Carried, findSecret } from '../head/carriers.ts'
import type { Access, Caller } from '../ports.ts'
import { cutOffRefusal } from './cut-off.ts'
import { counted } from './judge-key.ts'
import type { Step, StepResult } from './step.ts'

/** Ends every request without a working key, whatever its origin. */
export const identifyKey: Step = (context, { access }) => {
  const carried = findSecret(context, context.config.cookieCarrier)
  if (carried === undefined) return { refused: 'key_missing' }
  if (isRefusal(carried)) return carried
  // Before the key is looked for: nobody knows which keys there are now.
  const cutOff = cutOffRefusal(context.config)
  if (cutOff !== undefined) return cutOff
  const key = access.identify(carried.secret)
  if (!isRefusal(key)) return takeKey(context, access, key, carried)
  const again = key.refused === 'key_unknown' ? access.identifyAgain(callerOf(context), carried.secret) : undefined
  if (again === undefined) return judgeGuess(context, access, key, carried.secret)
  // Only now it is a guess: an app with a new key must not be slowed down.
  return again.then((found) =>
    isRefusal(found) ? judgeGuess(context, access, found, carried.secret) : takeKey(context, access, found, carried),
  )
}

function takeKey(context: ExchangeContext, access: Access, key: Key, { inUrl }: Carried): StepResult {
  context.key = key
  context.connection.hasKey = true
  if (inUrl && !key.allowInUrl) return counted(context, access, { refused: 'key_in_url' })
  return context.config.paused ? { refused: 'gateway_paused' } : undefined
}

/** Only an unknown key can be a guess. A known key that does not work always gets its reason. */
function judgeGuess(context: ExchangeContext, access: Access, refusal: Refusal, secret: string): Refusal {
  if (refusal.refused !== 'key_unknown' && refusal.refused !== 'key_malformed') return refusal
  const wait = access.waitAfterGuess(callerOf(context), secret)
  if (wait <= 0) return refusal
  return { refused: 'slow_down', retryAfter: wait, detail: plural(wait, 'second') }
}

function callerOf({ address, origin, headers }: ExchangeContext): Caller {
  return { address, origin, userAgent: headers['user-agent'] }
}
