import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Provider } from '#shared/people/sign-in.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { FlowKind, SealedFlows } from '../flows/sealed-flows.ts'

const flowSchema = z.object({
  /** The provider's id. */
  provider: z.string(),
  /** Of all fields of the provider as it was when the flow began: one that was changed meanwhile lets nobody in. */
  fingerprint: z.string(),
  /** The invitation to join with. */
  code: z.string().nullable(),
  redirectUri: z.string(),
  verifier: z.string(),
  nonce: z.string(),
})
type StoredFlow = z.infer<typeof flowSchema>

/** A sign-in that began here and goes on at the provider. */
export interface ProviderFlow extends StoredFlow {
  readonly state: string
}

export interface BegunFlow {
  /** For a cookie of the browser. */
  readonly sealed: string
  /** For the provider, which gives it back with its answer. It does not tell what is in the cookie. */
  readonly state: string
}

interface Answer {
  /** The cookie's value. */
  readonly sealed: string | undefined
  /** The provider that is said to have answered, and the state in its answer. */
  readonly provider: string
  readonly state: string | null
}

const FLOW: FlowKind<StoredFlow> = { purpose: 'sign-in at a provider', data: flowSchema, lifetimeMs: 10 * 60_000 }

/** The sign-ins that have not come back yet. Each browser keeps its own. */
export class ProviderFlows {
  readonly #flows: SealedFlows

  constructor(flows: SealedFlows) {
    this.#flows = flows
  }

  async begin(provider: Provider, flow: Omit<StoredFlow, 'provider' | 'fingerprint'>): Promise<BegunFlow> {
    const named = { provider: provider.id, fingerprint: fingerprintOf(provider) }
    const sealed = await this.#flows.seal(FLOW, { ...flow, ...named })
    return { sealed, state: stateOf(sealed) }
  }

  /**
   * Each flow is finished once. Cookie and state do not belong together if somebody sends a person the answer of their own sign-in.
   * Rejects with a PersonError: `sign_in_over`, or `provider_gone` if the provider is another one by now.
   */
  async take(provider: Provider | undefined, answer: Answer): Promise<ProviderFlow> {
    const { sealed, state } = answer
    const isTheirs = sealed !== undefined && state === stateOf(sealed)
    const flow = isTheirs ? await this.#flows.open(FLOW, sealed) : undefined
    if (state === null || flow?.data.provider !== answer.provider || !(await flow.use())) throw over()
    if (provider === undefined || flow.data.fingerprint !== fingerprintOf(provider)) throw noSuchProvider()
    return { ...flow.data, state }
  }
}

export function noSuchProvider(): PersonError {
  return new PersonError('provider_gone', 'This provider was changed or removed. Choose how to sign in again.')
}

function stateOf(sealed: string): string {
  return sha256(sealed)
}

/** The schema of settings gives the fields their order, so it is the same at all gateways. */
function fingerprintOf(provider: Provider): string {
  return sha256(JSON.stringify(provider))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function over(): PersonError {
  const sentence = 'This sign-in took too long, was used already or began in another browser. Start it again.'
  return new PersonError('sign_in_over', sentence)
}
