import { ClientLeft } from './client/request-body.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { Forwarding } from './forward/forward.ts'
import { refuse } from './refuse.ts'
import { answerOpenRoutes } from './steps/answer-open-routes.ts'
import { answerOwnRoutes } from './steps/answer-own-routes.ts'
import { answerPreflight } from './steps/answer-preflight.ts'
import { authorise } from './steps/authorise.ts'
import { checkAddress } from './steps/check-address.ts'
import { checkFraming } from './steps/check-framing.ts'
import { checkHost } from './steps/check-host.ts'
import { checkOrigin } from './steps/check-origin.ts'
import { identifyKey } from './steps/identify-key.ts'
import { judgeBody } from './steps/judge-body.ts'
import { normaliseTarget } from './steps/normalise-target.ts'
import { reserveTokens } from './steps/reserve-tokens.ts'
import { ANSWERED, type Step, type StepResult, type StepServices } from './steps/step.ts'
import { takeLease } from './steps/take-lease.ts'

/** The way of every request. Each step may end it; none may be skipped. The order is the security. */
const STEPS: readonly Step[] = [
  // What two servers could read differently is no request at all.
  checkFraming,
  // Before anything of the request is believed: a rebound name must not reach even the open routes.
  checkHost,
  // A blocked site learns nothing, not even through a preflight.
  checkOrigin,
  // Carries no key by the Fetch standard. Before the path: the page learns from the real request what is wrong with it.
  answerPreflight,
  // One path from here on, for every rule and for the upstream.
  normaliseTarget,
  // The only two keyless answers.
  answerOpenRoutes,
  // The key is the authority.
  identifyKey,
  // Whatever the key may do, there is nothing at a wrong address; and an own route is never the upstream's.
  checkAddress,
  // Judged from the head alone, before any body is read.
  authorise,
  // Latchkey's own; nothing of it concerns the upstream.
  answerOwnRoutes,
  // Before the body is read: a key that has used its requests up must not make anybody read megabytes.
  takeLease,
  // The model stands in the body, so it comes after everything that does not need one.
  judgeBody,
  // Last, because what a request may use stands in its body.
  reserveTokens,
]

/** Takes one exchange through the steps and forwards it. Never throws. Waits only where a step must. */
export function runPipeline(context: ExchangeContext, services: StepServices): void {
  try {
    goOn(context, services, 0)
  } catch (error) {
    endAfterError(context, error)
  }
}

function goOn(context: ExchangeContext, services: StepServices, from: number): void {
  for (let at = from; at < STEPS.length; at++) {
    const result = (STEPS[at] as Step)(context, services)
    if (typeof result === 'function') return result((found) => goOnWith(found, context, services, at + 1))
    if (result instanceof Promise) return void goOnAfter(result, context, services, at + 1)
    if (ends(context, result)) return
  }
  new Forwarding({ context, access: services.access, upstream: services.upstream }).start()
}

async function goOnAfter(
  waiting: Promise<StepResult>,
  context: ExchangeContext,
  services: StepServices,
  next: number,
): Promise<void> {
  try {
    goOnWith(await waiting, context, services, next)
  } catch (error) {
    endAfterError(context, error)
  }
}

/** With what a step has come to that waited. */
function goOnWith(
  found: StepResult | Promise<StepResult>,
  context: ExchangeContext,
  services: StepServices,
  next: number,
): void {
  if (found instanceof Promise) return void goOnAfter(found, context, services, next)
  // It left or was refused while a step waited: a lease taken now would never end, and the upstream would work for
  // nobody.
  if (!context.isOver && !ends(context, found)) goOn(context, services, next)
}

/** Whether a step has ended the exchange. */
function ends(context: ExchangeContext, result: StepResult): boolean {
  if (result === undefined) return false
  if (result !== ANSWERED) {
    // Its place is free at once, though its body may take a while to be read away.
    context.lease?.end(0)
    refuse(context, result)
  }
  return true
}

/** A client that left while its body was read is no failure; anything else is ours, and lets nothing through. */
function endAfterError(context: ExchangeContext, error: unknown): void {
  if (!(error instanceof ClientLeft)) context.fail(error)
  else if (context.outcome === 'ok') context.outcome = 'client_aborted'
}
