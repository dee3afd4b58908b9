import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Unready } from '#shared/own-routes/own-answers.ts'
import type { RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { HeldBodies } from '../body/held-bodies.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Upstream } from '../forward/upstream.ts'
import type { Access, GatewayConfig, OwnRoutes, Pairing, TrustPage } from '../ports.ts'

/** The services that the steps use. */
export interface StepServices {
  readonly access: Access
  readonly upstream: Upstream
  readonly bodies: HeldBodies
  readonly remote: RemoteModels
  readonly own: OwnRoutes
  readonly pairing: Pairing
  readonly trustPage: TrustPage
  config(): GatewayConfig
  /** Why balancers should send no requests here, or null. */
  unready(): Unready | null
}

/** The step wrote the answer itself, or handed the exchange over for an answer. */
export const ANSWERED = 'answered'

/**
 * The result of a step; undefined continues with the next one. A step that must wait returns a promise; most return at
 * once.
 */
export type StepResult = Refusal | typeof ANSWERED | undefined
/**
 * A callback for a small body, which nearly every request has available at once. It costs less than a promise
 * (docs/optimisations.md).
 */
export type Later = (resume: (result: StepResult | Promise<StepResult>) => void) => void
export type Step = (context: ExchangeContext, services: StepServices) => StepResult | Promise<StepResult> | Later
