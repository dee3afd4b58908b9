import { z } from 'zod'
import type { FlowKind, SealedFlows } from '../flows/sealed-flows.ts'
import { passkeyOver } from './passkey-error.ts'

export const FLOW_MS = 5 * 60_000

/** Why the browser asked for a passkey's options. An answer for one purpose is refused for another. */
export type PasskeyPurpose = 'sign-in' | 'join' | 'add' | 'recover'

const flowSchema = z.object({
  challenge: z.string(),
  /** The page's origin, where the flow must also end. */
  origin: z.string(),
  /** The person who gets the passkey; null for a sign-in. */
  personId: z.string().nullable(),
})
type PasskeyFlow = z.infer<typeof flowSchema>

/** The challenges that were given out. Each is answered once. */
export class PasskeyFlows {
  readonly #flows: SealedFlows

  constructor(flows: SealedFlows) {
    this.#flows = flows
  }

  begin(purpose: PasskeyPurpose, flow: PasskeyFlow): Promise<string> {
    return this.#flows.seal(kindOf(purpose), flow)
  }

  /**
   * Ends the flow. Rejects with a PersonError `passkey_over` if there is none for this purpose, origin and person, or if it was
   * answered before.
   */
  async take(
    purpose: PasskeyPurpose,
    sealed: string,
    of: { readonly origin: string; readonly personId?: string },
  ): Promise<PasskeyFlow> {
    const flow = await this.#flows.open(kindOf(purpose), sealed)
    if (flow?.data.origin !== of.origin) throw passkeyOver()
    if (of.personId !== undefined && flow.data.personId !== of.personId) throw passkeyOver()
    if (!(await flow.use())) throw passkeyOver()
    return flow.data
  }
}

function kindOf(purpose: PasskeyPurpose): FlowKind<PasskeyFlow> {
  return { purpose: `passkey ${purpose}`, data: flowSchema, lifetimeMs: FLOW_MS }
}
