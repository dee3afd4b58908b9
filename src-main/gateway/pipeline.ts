import { isRefusal } from '#shared/decisions.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { Forwarding } from './forward.ts'
import type { GatewayLog } from './ports.ts'
import { refuse } from './refuse.ts'
import { answerOpenRoutes } from './steps/answer-open-routes.ts'
import { answerPreflight } from './steps/answer-preflight.ts'
import { authorise } from './steps/authorise.ts'
import { checkFraming } from './steps/check-framing.ts'
import { checkHost } from './steps/check-host.ts'
import { checkOrigin } from './steps/check-origin.ts'
import { identifyKey } from './steps/identify-key.ts'
import { judgeBody } from './steps/judge-body.ts'
import { normaliseTarget } from './steps/normalise-target.ts'
import { ANSWERED, type Step, type StepServices } from './steps/step.ts'
import { takeLease } from './steps/take-lease.ts'

/** The way of every request. Each step may end it; none may be skipped. The order is the security. */
const STEPS: readonly Step[] = [
  // What two servers could read differently is no request at all.
  checkFraming,
  // Before anything of the request is believed: a rebound name must not reach even the open routes.
  checkHost,
  // One path from here on, for every rule and for the upstream.
  normaliseTarget,
  // A blocked site learns nothing, not even through a preflight.
  checkOrigin,
  // Carries no key by the Fetch standard.
  answerPreflight,
  // The only two keyless answers.
  answerOpenRoutes,
  // The key is the authority.
  identifyKey,
  // Judged from the head alone, before any body is read.
  authorise,
  // The model stands in the body, so it comes after everything that does not need one.
  judgeBody,
  // Last, so that a request refused for another reason uses up no limit.
  takeLease,
]

/** Takes one exchange through the steps and forwards it. Never rejects. */
export async function runPipeline(
  context: ExchangeContext,
  services: StepServices & { log: GatewayLog },
): Promise<void> {
  try {
    for (const step of STEPS) {
      const result = step(context, services)
      const settled = result instanceof Promise ? await result : result
      // It left while a step waited: a lease taken now would never end, and the upstream would work for nobody.
      if (context.response.destroyed) return
      if (settled === undefined) continue
      if (settled !== ANSWERED && isRefusal(settled)) refuse(context, settled)
      return
    }
    new Forwarding({ context, access: services.access, upstream: services.upstream }).start()
  } catch (error) {
    endAfterError(context, error, services.log)
  }
}

/** A client that left while its body was read is no failure; anything else is ours, and lets nothing through. */
function endAfterError(context: ExchangeContext, error: unknown, log: GatewayLog): void {
  if (context.request.destroyed && !context.request.complete) {
    if (context.outcome === 'ok') context.outcome = 'client_aborted'
    return
  }
  log.warn({ id: context.id, error: error instanceof Error ? error.message : 'unknown' }, 'an exchange failed inside')
  if (context.response.headersSent) context.response.destroy()
  else refuse(context, { refused: 'internal_error' })
}
