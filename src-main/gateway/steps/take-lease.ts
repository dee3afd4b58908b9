import { isRefusal } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import type { Step } from './step.ts'

/** Admits the request. From here on it counts against the key's limits, also while its body is read. */
export const takeLease: Step = (context, { access }) => {
  const lease = access.admit(context.key as Key)
  if (isRefusal(lease)) return lease
  context.lease = lease
  return undefined
}
