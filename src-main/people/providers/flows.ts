import type { Provider } from '#shared/people/sign-in.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Identity } from './identity.ts'

/** A sign-in that began here and goes on at the provider. */
export interface Flow {
  readonly provider: Provider
  /** The invitation to join with. */
  readonly code: string | null
  /** `answer`: the query of the provider's answer. Rejects with a PersonError. */
  finish(answer: URLSearchParams): Promise<Identity>
}

interface OpenFlow extends Flow {
  readonly address: string
  /** ms UTC. */
  readonly until: number
}

const FLOW_MS = 10 * 60_000
const MOST_FLOWS = 1000
/** Of one address, so that one computer cannot end the sign-ins of all others. */
const MOST_OF_ADDRESS = 50

/** The sign-ins that have not come back yet, by their `state`. They are in memory only: a restart ends them. */
export class Flows {
  readonly #now: () => number
  readonly #open = new Map<string, OpenFlow>()

  constructor(now: () => number) {
    this.#now = now
  }

  add(state: string, flow: Flow, address: string): void {
    const now = this.#now()
    for (const [other, { until }] of this.#open) if (until <= now) this.#open.delete(other)
    const ofAddress = Array.from(this.#open).flatMap(([other, open]) => (open.address === address ? [other] : []))
    const [oldest] = ofAddress.length >= MOST_OF_ADDRESS ? ofAddress : this.#open.keys()
    const isFull = ofAddress.length >= MOST_OF_ADDRESS || this.#open.size >= MOST_FLOWS
    if (isFull && oldest !== undefined) this.#open.delete(oldest)
    this.#open.set(state, { ...flow, address, until: now + FLOW_MS })
  }

  /**
   * Each flow is finished once. `cookie` is the state that this browser got, `state` the one in the answer: they differ
   * if somebody sends a person the answer of their own sign-in. Throws a PersonError `sign_in_over`.
   */
  take(provider: string, cookie: string | undefined, state: string | null): Flow {
    const flow = cookie === undefined || cookie !== state ? undefined : this.#open.get(cookie)
    if (cookie === undefined || flow === undefined || flow.provider.id !== provider) throw over()
    this.#open.delete(cookie)
    if (flow.until <= this.#now()) throw over()
    return flow
  }
}

function over(): PersonError {
  const sentence = 'This sign-in took too long, was used already or began in another browser. Start it again.'
  return new PersonError('sign_in_over', sentence)
}
