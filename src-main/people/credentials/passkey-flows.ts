import { addressGroup } from '../../base/near-address.ts'
import { passkeyOver } from './passkey-error.ts'

/** What a passkey's options were made for. */
export interface PasskeyFlow {
  readonly for: 'sign-in' | 'join' | 'add' | 'recover'
  /** The page's origin, where the flow must also end. */
  readonly origin: string
  /** The other end of the connection that began it. */
  readonly address: string
  /** The person who gets the passkey; null for a sign-in. */
  readonly personId: string | null
}

interface OpenFlow extends PasskeyFlow {
  readonly challenge: string
  /** What its address is counted by. */
  readonly group: string
  /** ms UTC. */
  readonly until: number
}

export const FLOW_MS = 5 * 60_000
const MOST_FLOWS = 5000
/** Of one address, so that one computer does not end the attempts of others. */
const MOST_OF_ADDRESS = 50

/** The challenges that were given out, in memory: a restart ends them. Each is used once. */
export class PasskeyFlows {
  readonly #now: () => number
  readonly #randomBytes: (length: number) => Uint8Array
  /** Oldest first. */
  readonly #open = new Map<string, OpenFlow>()

  constructor({ now, randomBytes }: { now: () => number; randomBytes: (length: number) => Uint8Array }) {
    this.#now = now
    this.#randomBytes = randomBytes
  }

  add(flow: PasskeyFlow, challenge: string): string {
    const now = this.#now()
    for (const [id, { until }] of this.#open) if (until <= now) this.#open.delete(id)
    const group = addressGroup(flow.address)
    const ofAddress = Array.from(this.#open).filter(([, open]) => open.group === group)
    if (ofAddress.length >= MOST_OF_ADDRESS) this.#open.delete(ofAddress[0]?.[0] ?? '')
    const [oldest] = this.#open.keys()
    if (this.#open.size >= MOST_FLOWS && oldest !== undefined) this.#open.delete(oldest)
    const id = Buffer.from(this.#randomBytes(24)).toString('base64url')
    this.#open.set(id, { ...flow, challenge, group, until: now + FLOW_MS })
    return id
  }

  /** Ends the flow. Throws a PersonError `passkey_over` if there is none for this purpose, origin and person. */
  take(id: string, of: Pick<PasskeyFlow, 'for' | 'origin'> & { personId?: string }): OpenFlow {
    const flow = this.#open.get(id)
    if (flow?.for !== of.for || flow.origin !== of.origin) throw passkeyOver()
    if (of.personId !== undefined && flow.personId !== of.personId) throw passkeyOver()
    this.#open.delete(id)
    if (flow.until <= this.#now()) throw passkeyOver()
    return flow
  }
}
