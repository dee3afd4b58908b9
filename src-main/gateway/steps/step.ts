import type { Refusal } from '#shared/gateway/decisions.ts'
import type { RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { HeldBodies } from '../body/held-bodies.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Upstream } from '../forward/upstream.ts'
import type { Access, GatewayConfig, OwnRoutes } from '../ports.ts'

/** What the steps work with. */
export interface StepServices {
  readonly access: Access
  readonly upstream: Upstream
  readonly bodies: HeldBodies
  readonly remote: RemoteModels
  readonly own: OwnRoutes
  config(): GatewayConfig
}

/** The step wrote the answer itself, or handed the exchange over to what will. */
export const ANSWERED = 'answered'

/** undefined: on to the next step. A step that must wait returns a promise; most return at once. */
export type StepResult = Refusal | typeof ANSWERED | undefined
/** A small body is there at once for nearly every request: a callback costs less than a promise (docs/performance.md). */
export type Later = (goOn: (result: StepResult | Promise<StepResult>) => void) => void
export type Step = (context: ExchangeContext, services: StepServices) => StepResult | Promise<StepResult> | Later
