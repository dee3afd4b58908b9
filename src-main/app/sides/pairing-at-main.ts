import type { Siblings } from '../../base/host.ts'
import type { Pairing, PairingAnswer, PairingCall, PairingResult } from '../../gateway/ports.ts'

/** An answer that crosses processes. `sent` names the call that waits for the end of its sending. */
export type PairingWire =
  | Exclude<PairingResult, PairingAnswer>
  | (Omit<PairingAnswer, 'onSent'> & { readonly sent: number | null })

/** Tells the main process whether the whole answer was sent. */
export interface PairingSent {
  readonly sent: number
  readonly isWhole: boolean
}

/** Lets the main process answer apps that ask for a key: the person and all open requests are there. */
export class PairingAtMain implements Pairing {
  readonly #siblings: Pick<Siblings, 'pair'>

  constructor(siblings: Pick<Siblings, 'pair'>) {
    this.#siblings = siblings
  }

  async answer(call: PairingCall): Promise<PairingResult> {
    const answer = await this.#ask(call)
    if (answer === undefined || !('status' in answer)) return answer
    const { sent, ...rest } = answer
    return sent === null ? rest : { ...rest, onSent: (isWhole) => this.#tell({ sent, isWhole }) }
  }

  async #ask(call: PairingCall): Promise<PairingWire> {
    try {
      return (await this.#siblings.pair(call)) as PairingWire
    } catch {
      // The main process is starting again.
      return { refused: 'gateway_busy' }
    }
  }

  /** If the main process has ended meanwhile, nobody waits for it. */
  #tell(sent: PairingSent): void {
    void this.#siblings.pair(sent).catch(() => undefined)
  }
}
