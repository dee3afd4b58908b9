import type { Host } from '../../base/host.ts'
import type { Pairing, PairingCall } from '../../gateway/ports.ts'
import type { MetricValues } from '../../observability/metric-figures.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { PairingSent, PairingWire } from './pairing-at-main.ts'

export interface SiblingSideOptions {
  readonly metrics: Pick<Metrics, 'values'>
  readonly pairing: Pairing
  /** Reads the settings and the upstream's key again and follows them. */
  readonly reread: (overriding: Host['overrides']) => Promise<void>
}

/** What the other processes on the same port ask of this one. */
export class SiblingSide {
  readonly #options: SiblingSideOptions
  readonly #waiting = new Map<number, (isWhole: boolean) => void>()
  #last = 0

  constructor(options: SiblingSideOptions) {
    this.#options = options
  }

  metrics(): Promise<MetricValues> {
    return this.#options.metrics.values()
  }

  reread(overriding: Host['overrides']): Promise<void> {
    return this.#options.reread(overriding)
  }

  async pair(call: PairingCall | PairingSent): Promise<PairingWire> {
    if ('sent' in call) return this.#onSent(call)
    const answer = await this.#options.pairing.answer(call)
    if (answer === undefined || !('status' in answer)) return answer
    const { onSent, ...rest } = answer
    return { ...rest, sent: onSent === undefined ? null : this.#wait(onSent) }
  }

  #wait(onSent: (isWhole: boolean) => void): number {
    this.#waiting.set(++this.#last, onSent)
    return this.#last
  }

  #onSent({ sent, isWhole }: PairingSent): undefined {
    this.#waiting.get(sent)?.(isWhole)
    this.#waiting.delete(sent)
  }
}
