import type { Refusal } from '#shared/gateway/decisions.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { parseOrigin } from '#shared/origins/origin.ts'
import { MAX_ORIGIN_LENGTH } from '#shared/records/recorded-text.ts'
import type { Step } from './step.ts'

const TOO_LONG: Refusal = { refused: 'origin_too_long', detail: `at most ${MAX_ORIGIN_LENGTH} characters` }

/** Refuses a blocked origin without CORS headers, so its page cannot read even the reason. */
export const checkOrigin: Step = (context, { access }) => {
  const header = context.headers.origin
  if (header === undefined) return undefined
  if (header.length > MAX_ORIGIN_LENGTH) return TOO_LONG
  const origin = parseOrigin(header)
  if (origin === undefined) return { refused: 'bad_request' }
  // The Origin of a page opened through `<secret>.localhost` contains the secret.
  context.origin = redactSecrets(origin)
  if (!access.isBlocked(context.origin)) return undefined
  context.corsReadable = false
  return { refused: 'origin_blocked' }
}
