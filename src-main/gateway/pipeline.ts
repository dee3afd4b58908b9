import { ClientLeft } from './client/request-body.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { Forwarding } from './forward/forward.ts'
import { refuse } from './refuse.ts'
import { answerOpenRoutes } from './steps/answer-open-routes.ts'
import { answerOwnRoutes } from './steps/answer-own-routes.ts'
import { answerPairing } from './steps/answer-pairing.ts'
import { answerPreflight } from './steps/answer-preflight.ts'
import { checkAddress } from './steps/check-address.ts'
import { checkFraming } from './steps/check-framing.ts'
import { checkHost } from './steps/check-host.ts'
import { checkOrigin } from './steps/check-origin.ts'
import { identifyKey } from './steps/identify-key.ts'
import { judgeBody } from './steps/judge-body.ts'
import { authorise, reserveTokens, takeLease } from './steps/judge-key.ts'
import { normaliseTarget } from './steps/normalise-target.ts'
import { ANSWERED, type Step, type StepResult, type StepServices } from './steps/step.ts'

/** The steps of every request. Each step may end it; none may be skipped. Security depends on their order. */
const STEPS: readonly Step[] = [
  // First: a request that two servers could read differently is refused.
  checkFraming,
  // Before any other part of the request is trusted: a page with a rebound DNS name must not reach even the open
  // routes.
  checkHost,
  // Before the preflight: a blocked site gets no information at all.
  checkOrigin,
  // By the Fetch standard a preflight has no key. Before the path: the page learns from the real request what is wrong
  // with it.
  answerPreflight,
  // From here on every rule and the upstream use the same path.
  normaliseTarget,
  // The only two answers without a key, except those to an app that asks the person for one.
  answerOpenRoutes,
  answerPairing,
  // All later steps depend on the key.
  identifyKey,
  // For every key: a wrong address has no content, and Latchkey's own routes are never forwarded.
  checkAddress,
  // Needs only the head, so it runs before any body is read.
  authorise,
  // Answers Latchkey's own routes, which do not use the upstream.
  answerOwnRoutes,
  // Before the body is read: a key that has used up its requests must not cause megabytes of reading.
  takeLease,
  // The body names the model, so this runs after everything that needs no body.
  judgeBody,
  // Last, because the estimate needs the body.
  reserveTokens,
]

/** Runs one exchange through the steps and forwards it. Never throws. Waits only if a step must wait. */
export function runPipeline(context: ExchangeContext, services: StepServices): void {
  try {
    runSteps(context, services, 0)
  } catch (error) {
    endAfterError(context, error)
  }
}

function runSteps(context: ExchangeContext, services: StepServices, from: number): void {
  for (let at = from; at < STEPS.length; at++) {
    const result = (STEPS[at] as Step)(context, services)
    if (typeof result === 'function') return result((found) => continueWith(found, context, services, at + 1))
    if (result instanceof Promise) return void continueAfter(result, context, services, at + 1)
    if (ends(context, result)) return
  }
  new Forwarding({ context, access: services.access, upstream: services.upstream }).start()
}

async function continueAfter(
  waiting: Promise<StepResult>,
  context: ExchangeContext,
  services: StepServices,
  next: number,
): Promise<void> {
  try {
    continueWith(await waiting, context, services, next)
  } catch (error) {
    endAfterError(context, error)
  }
}

/** Continues with the result of a step that waited. */
function continueWith(
  found: StepResult | Promise<StepResult>,
  context: ExchangeContext,
  services: StepServices,
  next: number,
): void {
  if (found instanceof Promise) return void continueAfter(found, context, services, next)
  // The client left or the exchange was refused while a step waited. A lease would then never end, and the upstream
  // would work in vain.
  if (!context.isOver && !ends(context, found)) runSteps(context, services, next)
}

/** True if a step ended the exchange. */
function ends(context: ExchangeContext, result: StepResult): boolean {
  if (result === undefined) return false
  if (result !== ANSWERED) {
    // Ends the lease at once, although reading the rest of the body may take a while.
    context.lease?.end(0)
    refuse(context, result)
  }
  return true
}

/** A client that left while its body was read is not an error. Any other error is internal and lets nothing through. */
function endAfterError(context: ExchangeContext, error: unknown): void {
  if (!(error instanceof ClientLeft)) context.fail(error)
  else if (context.outcome === 'ok') context.outcome = 'client_aborted'
}
