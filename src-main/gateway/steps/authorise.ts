import type { Key } from '#shared/keys/key.ts'
import { counted } from './counted.ts'
import type { Step } from './step.ts'

/** Checks scope, endpoints and origin. A later step judges the model, because the body names it. */
export const authorise: Step = (context, { access }) => {
  const { key, route, path, origin } = context
  const refusal = access.authorise(key as Key, { route, path, origin })
  return refusal === null ? undefined : counted(context, access, refusal)
}
