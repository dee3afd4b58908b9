import type { Key } from '#shared/keys/key.ts'
import { counted } from './counted.ts'
import type { Step } from './step.ts'

/** Scope, endpoints and origin. The model is judged by a later step, because it stands in the body. */
export const authorise: Step = (context, { access }) => {
  const { key, route, path, origin } = context
  const refusal = access.authorise(key as Key, { route, path, origin })
  return refusal === null ? undefined : counted(context, access, refusal)
}
