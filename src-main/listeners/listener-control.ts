import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { LOOPBACK_ADDRESSES } from '../base/loopback.ts'
import { Sequencer } from '../base/sequencer.ts'
import { type LanExposure, lanExposureOf } from './lan-exposure.ts'
import { explainListenError } from './taken-port.ts'

/** The listening part of the gateway. */
export interface Listening {
  /** The port; 0 while it does not listen. */
  readonly port: number
  readonly hosts: readonly string[]
  /** Moves to these addresses, or rejects and changes nothing. */
  listen(at: { hosts: readonly string[]; port: number }): Promise<unknown>
  close(drainMs: number): Promise<void>
}

export interface ListenerControlOptions {
  readonly gateway: Listening
  /** This computer's current network addresses. */
  readonly ownAddresses: () => readonly string[]
  /** Throws a PersonError if a gateway on this port would be its own upstream. */
  readonly refuseLoop: (settings: Settings, port: number) => void
}

/** Opens, moves and closes the gateway's listeners, and stores the reason if they are not open. */
export class ListenerControl {
  readonly #options: ListenerControlOptions
  /** A change of networks and a change of settings must not move the listeners at the same time. */
  readonly #sequencer = new Sequencer()
  /** The settings while the listeners should be open. */
  #settings: Settings | undefined
  #exposure: LanExposure | undefined
  #problem: Problem | null = null
  #lanProblem: Problem | null = null

  constructor(options: ListenerControlOptions) {
    this.#options = options
  }

  /** The gateway's port; 0 while it does not listen. */
  get port(): number {
    return this.#options.gateway.port
  }

  get problem(): Problem | null {
    return this.#problem
  }

  /** The addresses on which other computers can reach the gateway. */
  get lan(): string[] {
    return this.#options.gateway.hosts.filter((host) => !LOOPBACK_ADDRESSES.includes(host))
  }

  /** Why the gateway listens on fewer addresses than the settings say, or null. */
  get lanProblem(): Problem | null {
    return this.#lanProblem
  }

  /** Does not reject for a problem that a person can fix; `problem` then has it. */
  open(settings: Settings): Promise<void> {
    return this.#sequencer.queue(() => this.#open(settings))
  }

  /** Applies a change of settings. Rejects with a PersonError if it cannot, and then nothing has changed. */
  follow(after: Settings, before: Settings): Promise<void> {
    return this.#sequencer.queue(() => this.#follow(after, before))
  }

  /** Adapts to a new network, and opens when a taken port is free again. Call it regularly. */
  look(): Promise<void> {
    return this.#sequencer.queue(() => this.#look())
  }

  /** Closes; waits up to `drainMs` for running exchanges. */
  close(drainMs: number): Promise<void> {
    this.#settings = undefined
    // Queued after a pending move, which would otherwise open listeners that nobody closes.
    return this.#sequencer.queue(() => this.#options.gateway.close(drainMs))
  }

  async #open(settings: Settings): Promise<void> {
    this.#settings = settings
    try {
      this.#options.refuseLoop(settings, settings.gatewayPort)
      await this.#listenWhereItCan(settings)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      this.#problem = error.problem
    }
  }

  async #follow(after: Settings, before: Settings): Promise<void> {
    const moves = after.gatewayPort !== before.gatewayPort
    const exposes = !isDeepStrictEqual(after.lan, before.lan)
    if (moves || exposes || after.upstream !== before.upstream)
      this.#options.refuseLoop(after, after.gatewayPort || this.port)
    if (this.#settings === undefined) return
    if (moves) await this.#listen(after, after.gatewayPort)
    // The reason why it was not open may have ended.
    else if (this.port === 0) await this.#open(after)
    else if (exposes) await this.#listen(after, this.port)
    this.#settings = after
  }

  async #look(): Promise<void> {
    const settings = this.#settings
    if (settings === undefined) return
    // The reason why it was not open may have ended: a port is free again when its program ends.
    if (this.port === 0) return this.#open(settings)
    if (isDeepStrictEqual(lanExposureOf(settings.lan, this.#options.ownAddresses()), this.#exposure)) return
    try {
      await this.#listen(settings, this.port)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      this.#lanProblem = error.problem
    }
  }

  /** A problem in one network must not exclude this computer's own programs. */
  async #listenWhereItCan(settings: Settings): Promise<void> {
    try {
      await this.#listen(settings, settings.gatewayPort)
    } catch (error) {
      if (!(error instanceof PersonError) || settings.lan.length === 0) throw error
      await this.#listen({ ...settings, lan: [] }, settings.gatewayPort)
      this.#lanProblem = error.problem
    }
  }

  async #listen({ lan }: Settings, port: number): Promise<void> {
    const { gateway, ownAddresses } = this.#options
    const exposure = lanExposureOf(lan, ownAddresses())
    const mayAsk = port !== gateway.port
    await gateway.listen({ hosts: exposure.hosts, port }).catch(async (error: unknown) => {
      throw await explainListenError(error, port, mayAsk)
    })
    this.#exposure = exposure
    this.#problem = null
    this.#lanProblem = missingProblem(exposure.missing)
  }
}

function missingProblem(missing: readonly string[]): Problem | null {
  if (missing.length === 0) return null
  const addresses = missing.join(', ')
  const sentence = `This computer has no address ${addresses} at the moment, so other computers cannot reach Latchkey there. Choose another address in Latchkey’s settings, or connect to that network.`
  return problem('lan_address_missing', sentence, { addresses })
}
