import type { Refusal } from '#shared/gateway/decisions.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { parseOrigin } from '#shared/origins/origin.ts'
import { LONGEST_ORIGIN } from '#shared/records/recorded-text.ts'
import type { Step } from './step.ts'

const TOO_LONG: Refusal = { refused: 'origin_too_long', detail: `at most ${LONGEST_ORIGIN} characters` }

/** A blocked origin gets no CORS headers: its page learns nothing, not even why. */
export const checkOrigin: Step = (context, { access }) => {
  const header = context.headers.origin
  if (header === undefined) return undefined
  if (header.length > LONGEST_ORIGIN) return TOO_LONG
  const origin = parseOrigin(header)
  if (origin === undefined) return { refused: 'bad_request' }
  // A page opened through `<secret>.localhost` names the secret in its Origin.
  context.origin = redactSecrets(origin)
  if (!access.isBlocked(context.origin)) return undefined
  context.corsReadable = false
  return { refused: 'origin_blocked' }
}
