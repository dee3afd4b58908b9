import { parseOrigin } from '#shared/origin.ts'
import { redactSecrets } from '#shared/secret.ts'
import type { Step } from './step.ts'

/** A blocked origin gets no CORS headers: its page learns nothing, not even why. */
export const checkOrigin: Step = (context, { access }) => {
  const header = context.headers.origin
  if (header === undefined) return undefined
  const origin = parseOrigin(header)
  if (origin === undefined) return { refused: 'bad_request' }
  // A page opened through `<secret>.localhost` names the secret in its Origin.
  context.origin = redactSecrets(origin)
  if (!access.isBlocked(context.origin)) return undefined
  context.corsReadable = false
  return { refused: 'origin_blocked' }
}
