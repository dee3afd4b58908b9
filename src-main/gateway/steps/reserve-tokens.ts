import type { Lease } from '#shared/gateway/decisions.ts'
import type { Key } from '#shared/keys/key.ts'
import { estimateOf } from '../token-use.ts'
import type { Step } from './step.ts'

/** Checks the key again: it may have been disabled while a long body arrived, and others may have spent its tokens. */
export const reserveTokens: Step = (context, { access }) => {
  context.estimate = estimateOf(context)
  return access.goOn(context.key as Key, context.lease as Lease, context.estimate) ?? undefined
}
