import { isRefusal } from '#shared/decisions.ts'
import type { Key } from '#shared/key.ts'
import type { Step } from './step.ts'

/** Limits come last, so that a request refused for another reason uses none of them up. */
export const takeLease: Step = (context, { access }) => {
  const lease = access.admit(context.key as Key)
  if (isRefusal(lease)) return lease
  context.lease = lease
  return undefined
}
